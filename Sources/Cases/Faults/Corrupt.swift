/// Delivers all bytes, one of them inverted.
package struct Corrupt: Fault {
  package static let name = "corrupt"
  package static let summary = "inverts one byte and delivers all others as they are"

  private let offset: Int

  /// - Parameter offset: which byte, counted from the start of the stream.
  package init(at offset: Int) { self.offset = offset }

  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    // The position counts these bytes already.
    let index = bytes.startIndex + offset - (position.received - bytes.count)
    guard bytes.indices.contains(index) else { return bytes }
    var changed = bytes
    changed[index] = ~changed[index]
    return changed
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    .deliver(pending.count)
  }
}
