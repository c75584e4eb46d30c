/// Delivers a number of bytes, then ends the stream.
package struct Truncate: Fault {
  package static let name = "truncate"
  package static let summary = "ends the stream after a number of bytes"

  private let count: Int

  /// - Parameter count: the number of bytes to deliver.
  package init(after count: Int) { self.count = count }

  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    bytes.prefix(max(0, count - position.delivered - position.waiting))
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    .deliver(pending.count)
  }

  package func ends(at position: StreamPosition) -> Bool { position.delivered + position.waiting >= count }
}
