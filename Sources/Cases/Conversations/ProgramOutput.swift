import AdapterProtocol

/// What an example's program prints, line by line, and how it ends.
struct ProgramOutput: Sendable {
  private var lines = LineBuffer()
  private var hasClosed = false
  private var closedSince: Duration?
  /// How the program ended; nil while it runs.
  private(set) var end: ProcessEnd?

  /// The longest line that is looked at, in bytes.
  private static let longestLine = 1 << 20
  /// How long a program that closed its output may take to end, in seconds.
  private static let endSeconds = 1.0

  /// Takes bytes; a line that never ends matches no pattern and is not kept.
  mutating func append(_ bytes: ArraySlice<UInt8>) {
    lines.append(bytes)
    if lines.pending.count > Self.longestLine { lines.discardPending() }
  }

  mutating func close() { hasClosed = true }

  mutating func finish(_ end: ProcessEnd) { self.end = end }

  /// The next line, without its line ending.
  mutating func next() -> String? {
    lines.next().map { String(decoding: $0.last == 0x0d ? $0.dropLast() : $0, as: UTF8.self) }
  }

  /// Whether no further line will come: the program ended, or closed its output and did not end soon after.
  mutating func isOver(at now: Duration) -> Bool {
    if hasClosed, closedSince == nil { closedSince = now }
    return end != nil || closedSince.map { now - $0 >= .seconds(Self.endSeconds) } ?? false
  }

  /// When the time alone changes something.
  var deadline: Duration? { end == nil ? closedSince.map { $0 + .seconds(Self.endSeconds) } : nil }
}
