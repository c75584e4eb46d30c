/// The beginning and the end of a byte stream, in bounded memory.
///
/// The first line of a stack trace names the error, and the last lines its place, so both are kept.
package struct HeadAndTail: Sendable {
  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  private var count = 0
  private let limit: Int

  /// - Parameter limit: the number of bytes to keep at each end.
  init(limit: Int) { self.limit = limit }

  mutating func append(_ more: ArraySlice<UInt8>) {
    count += more.count
    let first = more.prefix(limit - head.count)
    head.append(contentsOf: first)
    tail.append(contentsOf: more.dropFirst(first.count))
    // Twice the limit, so that bytes are moved rarely.
    if tail.count > 2 * limit { tail.removeFirst(tail.count - limit) }
  }

  mutating func removeAll() {
    head.removeAll(keepingCapacity: true)
    tail.removeAll(keepingCapacity: true)
    count = 0
  }

  /// The kept bytes as text; invalid UTF-8 is replaced.
  var text: String {
    let isWhole = head.count + tail.count == count
    return isWhole
      ? String(decoding: head + tail, as: UTF8.self)
      : String(decoding: head, as: UTF8.self) + "\n…\n" + String(decoding: tail.suffix(limit), as: UTF8.self)
  }

  /// The first and the last lines; invalid UTF-8 is replaced.
  ///
  /// - Parameters:
  ///   - first: the number of first lines.
  ///   - last: the number of last lines.
  /// - Returns: the lines, with a line `…` for those left out.
  package func lines(first: Int, last: Int) -> String {
    let isWhole = head.count + tail.count == count
    let beginning = Self.lines(head)
    guard !tail.isEmpty || beginning.count > first + last else { return beginning.joined(separator: "\n") }
    let end = tail.isEmpty ? beginning : Self.lines(isWhole ? head + tail : tail)
    if isWhole, end.count <= first + last { return end.joined(separator: "\n") }
    return (beginning.prefix(first) + ["…"] + end.suffix(last)).joined(separator: "\n")
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }
}
