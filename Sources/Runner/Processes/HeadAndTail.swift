/// The beginning and the end of a stream of bytes, however long the stream is.
///
/// The first line of a stack trace names the error, the last lines where it was: both are worth keeping.
package struct HeadAndTail: Sendable {
  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  private var count = 0
  private let limit: Int

  /// - Parameter limit: the number of bytes that are kept at either end.
  init(limit: Int) { self.limit = limit }

  mutating func append(_ more: ArraySlice<UInt8>) {
    count += more.count
    let first = more.prefix(limit - head.count)
    head.append(contentsOf: first)
    tail.append(contentsOf: more.dropFirst(first.count))
    // Twice the limit, so that the front is moved once in a while only.
    if tail.count > 2 * limit { tail.removeFirst(tail.count - limit) }
  }

  mutating func removeAll() {
    head.removeAll(keepingCapacity: true)
    tail.removeAll(keepingCapacity: true)
    count = 0
  }

  /// What is kept, as text; what is not UTF-8 is replaced.
  var text: String {
    let isWhole = head.count + tail.count == count
    return isWhole
      ? String(decoding: head + tail, as: UTF8.self)
      : String(decoding: head, as: UTF8.self) + "\n…\n" + String(decoding: tail.suffix(limit), as: UTF8.self)
  }

  /// The first and the last lines; what is not UTF-8 is replaced.
  ///
  /// - Parameters:
  ///   - first: how many of the first lines.
  ///   - last: how many of the last lines.
  /// - Returns: the lines, with a line `…` where some are left out.
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
