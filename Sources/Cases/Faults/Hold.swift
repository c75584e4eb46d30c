/// Nothing until so many bytes have come, then all at once.
package struct Hold: Fault {
  package static let name = "hold"
  package static let summary = "holds everything back until so many bytes have come, and delivers them at once"

  private let count: Int

  /// - Parameter count: how many bytes must have come; the end of the stream releases what is there, too.
  package init(until count: Int) { self.count = count }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    position.received < count && !position.hasEnded ? .hold : .deliver(pending.count)
  }
}
