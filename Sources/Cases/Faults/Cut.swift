/// Delivers pieces that end at given offsets, each after the previous one was read.
package struct Cut: Fault {
  package static let name = "cut"
  package static let summary = "cuts the stream at byte offsets, and waits at each cut until the peer has read"

  private let offsets: [Int]

  /// - Parameter offsets: where pieces end, in bytes from the start of the stream, ascending.
  package init(at offsets: [Int]) { self.offsets = offsets }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    guard let cut = offsets.first(where: { $0 > position.delivered }) else { return .deliver(pending.count) }
    let count = min(pending.count, cut - position.delivered)
    return .deliver(count, thenWaitForReading: position.delivered + count == cut)
  }
}
