import Journal

/// The first and last lines of a conversation, for its transcript.
package struct TranscriptLines: Sendable {
  private var lines: [String] = []
  /// The number of lines, including those left out.
  package private(set) var count = 0

  /// The number of lines to keep at the beginning, and at the end.
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
