/// So many bytes, then silence for a while, then the rest.
package struct Stall: Fault {
  package static let name = "stall"
  package static let summary = "delivers so many bytes, is silent for a while, and goes on"

  private let count: Int
  private let length: Duration
  private var isOver = false

  /// - Parameters:
  ///   - count: how many bytes come before the silence.
  ///   - length: how long it lasts.
  package init(after count: Int, for length: Duration) {
    self.count = count
    self.length = length
  }

  package mutating func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    if isOver || position.delivered + pending.count <= count { return .deliver(pending.count) }
    if position.delivered < count { return .deliver(count - position.delivered) }
    isOver = true
    return .pause(length)
  }
}
