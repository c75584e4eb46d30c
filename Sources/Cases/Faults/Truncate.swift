/// So many bytes, then the end of the stream.
package struct Truncate: Fault {
  package static let name = "truncate"
  package static let summary = "ends the stream after so many bytes"

  private let count: Int

  /// - Parameter count: how many bytes are delivered.
  package init(after count: Int) { self.count = count }

  package var isFaithful: Bool { false }

  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    bytes.prefix(max(0, count - position.delivered - position.waiting))
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    .deliver(pending.count)
  }

  package func ends(at position: StreamPosition) -> Bool { position.delivered + position.waiting >= count }
}
