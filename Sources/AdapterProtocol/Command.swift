import WireFormats

/// A command line of the adapter protocol: a verb and its fields.
///
/// ```swift
/// let command = Command("send", [.init("channel", "c"), .init("payload", "68656c6c6f")])
/// command.line  // "send channel=c payload=68656c6c6f"
/// ```
public struct Command: Equatable, Sendable {
  /// The verb.
  public var verb: String
  /// The fields, in order.
  public var fields: [Field]

  private var raw: [UInt8]?

  /// The longest command line in bytes, excluding the line feed.
  public static let longestLine = 262_144

  /// Creates a command.
  public init(_ verb: String, _ fields: [Field] = []) {
    self.verb = verb
    self.fields = fields
  }

  /// Creates a command that is sent verbatim even if it breaks the grammar, to test how an endpoint answers.
  public init(raw line: String) {
    verb = String(line.prefix { $0 != " " })
    fields = []
    raw = Array(line.utf8)
  }

  /// Reads a command line, without its line feed.
  ///
  /// - Throws: ``ProtocolError`` if the line breaks the grammar.
  public init(parsing line: ArraySlice<UInt8>) throws(ProtocolError) {
    let words = ProtocolLine.words(line)
    guard let verb = words.first, ProtocolLine.isName(verb) else {
      throw ProtocolError(.noVerb)
    }
    self.verb = ProtocolLine.text(verb)
    fields = try ProtocolLine.fields(words.dropFirst())
  }

  /// The line's bytes, without a line feed.
  public var bytes: [UInt8] {
    if let raw { return raw }
    var line = Array(verb.utf8)
    ProtocolLine.append(fields, to: &line)
    return line
  }

  /// The line as text, without a line feed.
  public var line: String { ProtocolLine.text(bytes) }

  /// The value of a key as bytes, or nil if the key is absent.
  public func bytes(_ key: String) -> [UInt8]? { fields.first { $0.key == key }?.value }

  /// The value of a key as text, or nil if the key is absent; invalid UTF-8 is replaced.
  public func text(_ key: String) -> String? { bytes(key).map(ProtocolLine.text) }
}
