/// Delivers a number of bytes, pauses, and delivers the rest.
package struct Stall: Fault {
  package static let name = "stall"
  package static let summary = "delivers a number of bytes, pauses, and delivers the rest"

  private let count: Int
  private let length: Duration
  private var isOver = false

  /// - Parameters:
  ///   - count: the number of bytes before the pause.
  ///   - length: the length of the pause.
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
