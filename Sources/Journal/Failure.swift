/// Whose fault a failure is.
public enum Blame: String, Codable, Sendable {
  /// The writer's endpoint.
  case writer
  /// The reader's endpoint.
  case reader
  /// Both agree with each other, against the vector.
  case both
  /// An endpoint broke the adapter protocol.
  case adapter
  /// The harness could not do its work.
  case harness
}

/// Why a case failed: everything that its block in a report needs.
public struct Failure: Equatable, Codable, Sendable {
  /// Whose fault it is.
  public var blame: Blame
  /// The adapters that are blamed, with their side: `python (reader)`.
  public var blamed: [String]
  /// What should have happened.
  public var expected: String
  /// What happened.
  public var seen: String
  /// The first difference in bytes, if bytes differ.
  public var difference: ByteDifference?
  /// What each endpoint did, the last thing last.
  public var endpoints: [EndpointTrace] = []

  /// The text in which a baseline's `contains` is looked for: whose fault it is, what was expected and seen, where bytes differ,
  /// and what the endpoints wrote to standard error.
  public var text: String {
    var parts = ["\(blame.rawValue): \(blamed.joined(separator: " and "))", expected, seen]
    if let difference {
      parts.append("at offset \(difference.offset): \(difference.field), of \(difference.subject)")
    }
    return (parts + endpoints.map(\.standardError)).joined(separator: "\n")
  }

  /// Makes a failure.
  public init(blame: Blame, blamed: [String], expected: String, seen: String, difference: ByteDifference? = nil) {
    self.blame = blame
    self.blamed = blamed
    self.expected = expected
    self.seen = seen
    self.difference = difference
  }
}

/// Where two byte strings first differ.
public struct ByteDifference: Equatable, Codable, Sendable {
  /// What the bytes are: "the writer's bytes on the wire".
  public var subject: String
  /// Where the right bytes come from.
  public var source: String
  /// The first offset at which they differ; the shorter one's length if it is a prefix of the other.
  public var offset: Int
  /// The part of the message at that offset: "length prefix of message 1".
  public var field: String
  /// The offset of the first byte of both windows.
  public var windowStart: Int
  /// The right bytes around the offset, in hexadecimal.
  public var expected: String
  /// The bytes seen around the offset, in hexadecimal.
  public var seen: String
  /// The parts of the right bytes around the offset, in order; nil where nobody knows them.
  public var fields: [ByteField]?

  /// Makes a difference.
  public init(
    subject: String, source: String, offset: Int, field: String, windowStart: Int, expected: String, seen: String
  ) {
    self.subject = subject
    self.source = source
    self.offset = offset
    self.field = field
    self.windowStart = windowStart
    self.expected = expected
    self.seen = seen
  }
}

/// A part of some bytes that has a name.
public struct ByteField: Equatable, Codable, Sendable {
  /// What it is: "length prefix of message 1".
  public var name: String
  /// The offset of its first byte that is shown.
  public var offset: Int
  /// How many of its bytes are shown, 1 or more.
  public var count: Int

  /// Names some bytes.
  public init(name: String, offset: Int, count: Int) {
    self.name = name
    self.offset = offset
    self.count = count
  }
}

/// What one endpoint did in a failed case.
public struct EndpointTrace: Equatable, Codable, Sendable {
  /// The side and the adapter: `reader python`.
  public var name: String
  /// The last commands, each with its reply or that there was none.
  public var commands: [String]
  /// The end of what it wrote to standard error.
  public var standardError: String

  /// Makes a trace.
  public init(name: String, commands: [String], standardError: String) {
    self.name = name
    self.commands = commands
    self.standardError = standardError
  }
}
