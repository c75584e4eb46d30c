import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// What a fake must be told when it writes to Swift, reads from Swift, and talks to itself; nil where it does no harm.
struct Fake: CustomTestStringConvertible, Sendable {
  let name: String
  let asWriter: Verdict?
  let asReader: Verdict?
  let asBoth: Verdict?

  var testDescription: String { name }

  init(_ name: String, asWriter: Verdict? = nil, asReader: Verdict? = nil, asBoth: Verdict? = nil) {
    self.name = name
    (self.asWriter, self.asReader, self.asBoth) = (asWriter, asReader, asBoth)
  }

  /// The same in each part.
  init(_ name: String, always verdict: Verdict) {
    self.init(name, asWriter: verdict, asReader: verdict, asBoth: verdict)
  }

  /// Expects of every case what this fake deserves, and of Swift with itself that it passes.
  func isFoundOut(in trial: Trial, location: SourceLocation = #_sourceLocation) {
    isFoundOut(in: trial.records, location: location)
  }

  func isFoundOut(in records: [CaseRecord], location: SourceLocation = #_sourceLocation) {
    for record in records {
      let part: Part? =
        switch record.name.pair {
        case "\(name)-swift": .writer
        case "swift-\(name)": .reader
        case "\(name)-\(name)": .both
        default: nil
        }
      let verdict: Verdict? =
        switch part {
        case .writer: asWriter
        case .reader: asReader
        case .both: asBoth
        case nil: nil
        }
      guard let verdict, let part else {
        #expect(
          record.outcome == .passed, "\(record.name): \(record.failure?.seen ?? "")", sourceLocation: location)
        continue
      }
      guard let failure = record.failure else {
        Issue.record("\(record.name) \(record.outcome)", sourceLocation: location)
        continue
      }
      verdict.isGiven(in: failure, of: record.name, to: name, as: part, location)
    }
  }

  enum Part {
    case writer
    case reader
    case both
  }
}

/// What a failure must say.
struct Verdict: Sendable {
  var blames: Set<Blame>
  var words: [String]
  /// The first differing offset of the case `greeting`.
  var offset: Int?
  var field: String?
  /// The finding's code.
  var code: FindingCode?
  /// The rule that is broken, and with it the advice.
  var rule: Requirement?
  /// The start of the advice, where it is not the rule's.
  var advice: String?

  /// What a finding comes down to.
  static func of(_ blame: Blame, _ code: FindingCode, _ rule: Requirement?, advice: String? = nil) -> Verdict {
    var verdict = Verdict.of(blame)
    (verdict.code, verdict.rule, verdict.advice) = (code, rule, advice)
    return verdict
  }

  static func of(_ blames: Blame..., words: [String] = [], offset: Int? = nil, field: String? = nil) -> Verdict {
    Verdict(blames: Set(blames), words: words, offset: offset, field: field)
  }

  static func of(_ blame: Blame, _ word: String, _ more: String...) -> Verdict { .of(blame, words: [word] + more) }

  func isGiven(
    in failure: Failure, of name: CaseName, to fake: String, as part: Fake.Part, _ location: SourceLocation
  ) {
    let comment: Comment = "\(name): \(failure.blamed), \(failure.seen)"
    #expect(blames.contains(failure.blame), comment, sourceLocation: location)
    #expect(blamed(failure.blame, fake, part).contains(failure.blamed), comment, sourceLocation: location)
    for word in words { #expect(failure.seen.contains(word), comment, sourceLocation: location) }
    if let code {
      #expect(failure.code == code.rawValue, comment, sourceLocation: location)
      #expect(failure.rule?.id == rule?.rawValue, comment, sourceLocation: location)
      let told = failure.advice ?? ""
      #expect(told.hasPrefix(advice ?? rule?.cure ?? "no advice"), "\(name): \(told)", sourceLocation: location)
    }
    guard name.scenario == "greeting" else { return }
    if let offset { #expect(failure.difference?.offset == offset, comment, sourceLocation: location) }
    if let field { #expect(failure.difference?.field == field, comment, sourceLocation: location) }
  }

  /// Who may be named: with two fakes, the one that was noticed first.
  private func blamed(_ blame: Blame, _ fake: String, _ part: Fake.Part) -> [[String]] {
    let (writer, reader) = ("\(fake) (writer)", "\(fake) (reader)")
    return switch (blame, part) {
    case (.writer, _), (.adapter, .writer): [[writer]]
    case (.reader, _), (.adapter, .reader): [[reader]]
    case (.adapter, .both): [[writer], [reader]]
    case (.both, _), (.harness, _): [[writer, reader]]
    }
  }

  static let claimsTooMuch = Verdict.of(
    .adapter, "unsupported in answer to open channel=c transport=fifo", "in spite of what hello says")
  static let agrees = "both endpoints agree with each other, against the vector"
  static let staysOn = Verdict.of(.adapter, "it did not exit at the end of its input and had to be ended with SIGTERM")
}

extension Fake {
  static let onTheWire = [
    Fake(
      "wrong",
      asWriter: .of(.writer, words: ["it wrote other bytes"], offset: 4, field: "payload of message 1, byte 0"),
      asReader: .of(.reader, words: ["the message "], offset: 0, field: "payload, byte 0"),
      asBoth: .of(.both, words: [Verdict.agrees], offset: 4, field: "payload of message 1, byte 0")),
    Fake(
      "last_byte",
      asWriter: .of(.writer, words: ["it wrote other bytes"], offset: 8, field: "payload of message 1, byte 4"),
      asReader: .of(.reader, words: ["the message "], offset: 4, field: "payload, byte 4"),
      asBoth: .of(.both, words: [Verdict.agrees], offset: 8, field: "payload of message 1, byte 4")),
    Fake(
      "prefix",
      asWriter: .of(.writer, words: ["it wrote other bytes"], offset: 3, field: "length prefix of message 1, byte 3"),
      asReader: .of(.reader, words: ["the message "], offset: 4, field: "payload, byte 4"),
      asBoth: .of(.both, words: [Verdict.agrees], offset: 3, field: "length prefix of message 1, byte 3")),
    Fake(
      "lies", asReader: .of(.reader, words: ["the message \"other\" (5 bytes)"], offset: 0),
      asBoth: .of(.reader, words: ["the message \"other\" (5 bytes)"], offset: 0)),
    Fake("ends", asReader: .of(.reader, "ok end=true"), asBoth: .of(.reader, "ok end=true")),
  ]

  static let inItsWords = [
    Fake("debug", always: .of(.adapter, "DEBUG: opening")),
    Fake("endless", always: .of(.adapter, "a reply of more than 262144 bytes", "xxxx")),
    Fake(
      "pretends", asReader: .of(.adapter, "it said that it listens, but connecting to it failed"),
      asBoth: .of(.adapter, "it said that it listens, but connecting to it failed")),
  ]

  static let inItsProcess = [
    Fake(
      "killed",
      asWriter: .of(.writer, "killed (writer) was killed by signal 9", "while it had this to do: send channel=c"),
      asReader: .of(.reader, "killed (reader) was killed by signal 9", "while it had this to do: receive channel=c"),
      asBoth: .of(.writer, .reader, words: ["was killed by signal 9"])),
    Fake(
      "exits",
      asWriter: .of(.writer, "exits (writer) exited with status 3", "while it had this to do: send channel=c"),
      asReader: .of(.reader, "exits (reader) exited with status 3", "while it had this to do: receive channel=c"),
      asBoth: .of(.writer, .reader, words: ["exited with status 3"])),
    Fake("leaks", always: .of(.adapter, "still holds descriptor", "/dev/null")),
    Fake("child", always: .of(.adapter, "still holds child process")),
    Fake("child_in_session", always: .of(.adapter, "still holds child process")),
  ]

  static let hanging = [
    Fake(
      "silent",
      asWriter: .of(.writer, "silent (writer) blocked in: open channel=c"),
      asReader: .of(.reader, "silent (reader) blocked in: open channel=c"),
      asBoth: .of(.writer, .reader, words: ["silent (writer) blocked in: open", "silent (reader) blocked in: open"])),
    Fake(
      "too_slow",
      asWriter: .of(.writer, "too_slow (writer) blocked in: send channel=c", "0 of 9 bytes written"),
      asReader: .of(.reader, "too_slow (reader) blocked in: receive channel=c", "9 of 9 bytes written and 9 delivered"),
      asBoth: .of(.writer, "too_slow (writer) blocked in: send channel=c")),
    // Its child holds its standard output, so that it does not look ended.
    Fake(
      "orphans",
      asWriter: .of(.writer, "orphans (writer) exited with status 3"),
      asReader: .of(.reader, "orphans (reader) exited with status 3"),
      asBoth: .of(.writer, .reader, words: ["exited with status 3"])),
  ]

  /// What these do, the protocol does not forbid: nothing of it comes after `hello`, or can be seen.
  static let harmless = [Fake("slow"), Fake("companion"), Fake("daemon")]
}
