/// Delivers a number of bytes, and the rest only when more have arrived.
package struct Hold: Fault {
  package static let name = "hold"
  package static let summary = "delivers a number of bytes, and the rest at once when more have arrived"

  private let start: Int
  private let count: Int

  /// - Parameters:
  ///   - start: the number of bytes that are not held back.
  ///   - count: the number of bytes to wait for; the end of the stream releases fewer.
  package init(after start: Int = 0, until count: Int) {
    self.start = start
    self.count = count
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    if position.received >= count || position.hasEnded { return .deliver(pending.count) }
    return position.delivered < start ? .deliver(min(pending.count, start - position.delivered)) : .hold
  }
}
