/// Lines that may be long, for people.
package enum Shortened {
  /// The beginning of a line, and how long it is if that is not all.
  package static func text(_ line: String, to limit: Int = 160) -> String {
    line.utf8.count <= limit ? line : "\(line.prefix(limit))… (\(line.utf8.count) bytes)"
  }
}
