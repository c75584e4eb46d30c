/// Delivers nothing until a number of bytes have arrived, then all at once.
package struct Hold: Fault {
  package static let name = "hold"
  package static let summary = "holds everything back until a number of bytes have arrived, then delivers all at once"

  private let count: Int

  /// - Parameter count: the number of bytes to wait for; the end of the stream releases fewer.
  package init(until count: Int) { self.count = count }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    position.received < count && !position.hasEnded ? .hold : .deliver(pending.count)
  }
}
