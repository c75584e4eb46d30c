import Cases

/// The end of a stream of bytes, however long the stream is.
package struct ByteTail: Sendable {
  private var bytes: [UInt8] = []
  private let limit: Int

  package init(limit: Int) { self.limit = limit }

  package mutating func append(_ more: ArraySlice<UInt8>) {
    bytes.append(contentsOf: more)
    // Twice the limit, so that the front is moved once in a while only.
    if bytes.count > 2 * limit {
      bytes.removeFirst(bytes.count - limit)
    }
  }

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// The last bytes as text; what is not UTF-8 is replaced.
  package var text: String { String(decoding: bytes.suffix(limit), as: UTF8.self) }

  /// The last lines.
  package func lines(_ count: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    return lines.suffix(count).joined(separator: "\n")
  }
}
