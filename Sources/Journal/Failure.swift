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
  /// The stable code of what is wrong, such as `wrong-bytes`; nil in journals before version 3.
  public var code: String?
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
  /// The kind of the error that was answered, if an error was.
  public var errorKind: String?
  /// The rule of the adapter protocol that is broken; nil where it is about none.
  public var rule: RuleRecord?
  /// What the author of the blamed program can do, in a sentence.
  public var advice: String?
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

/// A rule of the adapter protocol, as its page has it.
public struct RuleRecord: Equatable, Codable, Sendable {
  /// The stable id, such as `L4`.
  public var id: String
  /// The page's name, such as `protocol/values.md`.
  public var page: String
  /// The line on which the rule begins, counted from 1.
  public var line: Int
  /// The heading of its section.
  public var section: String
  /// The rule's sentence, in plain text.
  public var text: String
  /// Why no check can test it; nil for a rule that is tested.
  public var untestable: String?

  /// Describes a rule.
  public init(id: String, page: String, line: Int, section: String, text: String, untestable: String? = nil) {
    self.id = id
    self.page = page
    self.line = line
    self.section = section
    self.text = text
    self.untestable = untestable
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

extension RuleRecord {
  /// The rule with its place: `PROTOCOL.md, line 55 (1. Lines), L4: …`.
  public var quotation: String {
    text.isEmpty ? "rule \(id) of PROTOCOL.md" : "\(page), line \(line) (\(section)), \(id): \(text)"
  }
}
