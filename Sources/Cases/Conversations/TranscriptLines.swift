import Journal

/// The lines of a conversation as a transcript keeps them: the first and the last, however many there are.
package struct TranscriptLines: Sendable {
  private var lines: [String] = []
  /// How many lines there were.
  package private(set) var count = 0

  /// How many are kept at the beginning, and as many at the end.
  private static let kept = 60

  package init() {}

  /// Adds a line.
  package mutating func append(_ line: String) {
    count += 1
    if lines.count == 2 * Self.kept { lines.remove(at: Self.kept) }
    lines.append(line)
  }

  /// The lines, shortened in the middle.
  package var kept: [String] {
    guard count > lines.count else { return lines }
    return lines.prefix(Self.kept) + ["… \(count - lines.count) lines left out …"] + lines.dropFirst(Self.kept)
  }
}
