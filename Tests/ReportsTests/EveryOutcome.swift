import Foundation
import Journal
import Reports
import Testing

/// A run with every outcome in it, every blame, and an adapter that writes what could be taken for markup or for a command.
///
/// `Golden/run.jsonl` is its journal, for the tests that are not in Swift.
enum EveryOutcome {
  /// What an adapter may write: markup, the end of a script, line separators, control characters, GitHub's commands.
  static let hostile =
    "<script>alert(1)</script></script><img src=x onerror=alert(2)>\u{2028}]]>\u{1b}[31m\u{0}\u{202e}&amp;\n"
    + "::error file=x::y\n##[error]z\n```\n| a | [b](javascript:c) @d"

  static func name(_ channel: String, _ pair: String, _ scenario: String = "greeting") -> CaseName {
    CaseName(suite: "messages", channel: channel, pair: pair, scenario: scenario)
  }

  static let transcript = Transcript(
    lines: [
      "reader < open channel=c", "writer < open channel=c", "writer < send channel=c payload=68656c6c6f",
      "reader < receive channel=c", "reader > ok", "writer > ok", "writer > ok", "reader > ok payload=68656c6c",
    ], chunks: ["writer 0 9 0000000468656c6c6f"], chunkPlaces: [6])

  static func failed(_ name: CaseName, _ failure: Failure, _ transcript: Transcript? = transcript) -> Event {
    checking(
      ["L3", "R1", "F1"],
      CaseRecord(name: name, outcome: .failed, seconds: 0.0123, failure: failure, transcript: transcript))
  }

  /// A case with the rules that it checks.
  static func checking(_ rules: [String], _ record: CaseRecord) -> Event {
    var record = record
    record.rules = rules
    return .caseEnded(record)
  }

  static var prefixFailure: Failure {
    var difference = ByteDifference(
      subject: "what python (writer) wrote", source: "interop/vectors/framings.yml", offset: 3,
      field: "length prefix of message 1, byte 3", windowStart: 0, expected: "0000000568656c6c6f",
      seen: "0000000468656c6c6f")
    difference.fields = [
      ByteField(name: "length prefix of message 1", offset: 0, count: 4),
      ByteField(name: "payload of message 1", offset: 4, count: 5),
    ]
    var failure = Failure(
      blame: .writer, blamed: ["python (writer)"], expected: "python (writer) writes the vector's bytes",
      seen: "it wrote others, and swift (reader) answered the message \"hell\" (4 bytes)", difference: difference)
    failure.code = "wrong-bytes"
    failure.rule = rules[3]
    failure.advice = "Write the length of the payload before it, as the framing has it."
    failure.endpoints = [
      EndpointTrace(
        name: "python (writer)", commands: ["send channel=c payload=68656c6c6f → ok"],
        standardError: "Traceback: boom\n"),
      EndpointTrace(name: "swift (reader)", commands: ["receive channel=c → ok payload=68656c6c"], standardError: ""),
    ]
    return failure
  }

  static let rules = [
    RuleRecord(
      id: "L3", page: "PROTOCOL.md", line: 24, section: "1. Lines", text: "A reply is flushed at once."),
    RuleRecord(
      id: "H3", page: "PROTOCOL.md", line: 63, section: "2. Verbs",
      text: "`runtime` names the implementation and its version.", untestable: "only a person can tell"),
    RuleRecord(
      id: "R1", page: "PROTOCOL.md", line: 94, section: "3. Messages",
      text: "`receive` gives one message, whole, and nothing of the next one."),
    RuleRecord(
      id: "F1", page: "PROTOCOL.md", line: 157, section: "4. Framings",
      text: "`multiprocessing`: int32 big-endian length, payload; <or> `ff ff ff ff`, uint64 length, payload"),
    RuleRecord(
      id: "F5", page: "PROTOCOL.md", line: 161, section: "4. Framings", text: "`varint`: the length, 7 bits a byte"),
    RuleRecord(
      id: "M1", page: "protocol/mapped-memory.md", line: 10, section: "file-slot",
      text: "A text ends at the first NUL."),
  ]

  static var hostileFailure: Failure {
    var failure = Failure(blame: .reader, blamed: ["markup (reader)"], expected: "hello", seen: hostile)
    failure.code = "wrong-reply"
    failure.errorKind = "malformed"
    failure.rule = rules[2]
    failure.advice = hostile
    failure.endpoints = [
      EndpointTrace(name: "swift (writer)", commands: ["send channel=c"], standardError: ""),
      EndpointTrace(name: "markup (reader)", commands: [hostile], standardError: hostile),
    ]
    return failure
  }

  static let start: RunStart = {
    var start = RunStart(
      planned: 16, jobs: 2, isFresh: false, isTapped: true, machine: "Linux 6.1, x86_64, 2 processors",
      date: "2026-01-31T12:00:00Z", command: "parley run --adapter ./markup --with swift 'messages/**'")
    start.rerun = RerunRecord(program: ["parley", "run"], adapters: ["markup": ["--adapter", "./markup"]])
    start.missingCount = 4
    start.baseline = BaselineRecord(
      file: "interop/known.yml", digest: "00", knownCount: 3, flakyCount: 1,
      stale: [entry(14, "messages/**/ruby-*/*", "Ruby's <old> buffers")])
    return start
  }()

  static func entry(_ line: Int, _ pattern: String, _ reason: String, link: String? = nil) -> BaselineEntryRecord {
    BaselineEntryRecord(file: "interop/known.yml", line: line, pattern: pattern, reason: reason, link: link)
  }

  /// A case for which Python lacks a framing.
  static func unsupported(_ name: CaseName) -> CaseRecord {
    let lack = LackRecord(adapter: "python", kind: .framing, name: "varint")
    var record = CaseRecord(name: name, outcome: .unsupported, reason: lack.reason)
    record.lack = lack
    return record
  }

  /// A case that the baseline knows.
  static func known(_ record: CaseRecord, _ entry: BaselineEntryRecord) -> Event {
    var record = record
    record.known = [entry]
    return .caseEnded(record)
  }

  /// A case that passed when it was tried again.
  static func flaky(_ record: CaseRecord, _ failure: Failure) -> Event {
    var record = record
    record.flaky = FlakyRecord(
      entry: entry(17, "messages/unix+line/*/greeting", "its open races with its close"), retries: 2,
      failures: [failure])
    return .caseEnded(record)
  }

  static let events: [Event] = [
    .runStarted(start), .rules(rules),
    .adapter(AdapterRecord(name: "csharp", title: "C#", problem: "the build failed")),
    .adapter(
      AdapterRecord(
        name: "dotnet", title: "C# on .NET", problem: ".build/dotnet is not installed", cure: "interop/dotnet/install")),
    .adapter(AdapterRecord(name: "markup", title: hostile, runtime: hostile)),
    .adapter(
      AdapterRecord(
        name: "python", title: "Python", runtime: "CPython 3.11.7",
        declares: .init(
          transports: ["unix", "fifo"], framings: ["line"], codecs: ["json"], features: ["ping"],
          limits: ["json:minus-zero"]))),
    .adapter(AdapterRecord(name: "swift", title: "Swift", runtime: "Swift 6.3")),
    .caseStarted(name("unix+line", "swift-swift")),
    checking(
      ["L3", "R1"],
      CaseRecord(
        name: name("unix+line", "swift-swift"), outcome: .passed, seconds: 0.01, isSmall: true, transcript: transcript)),
    flaky(
      CaseRecord(
        name: name("unix+line", "swift-python"), outcome: .passed, seconds: 1.5, isSmall: true, transcript: transcript),
      Failure(blame: .reader, blamed: ["python (reader)"], expected: "hello", seen: "the <end> of the stream")),
    .caseEnded(CaseRecord(name: name("unix+line", "swift-python", "size-0"), outcome: .passed, seconds: 0.002)),
    failed(name("unix+multiprocessing", "python-swift"), prefixFailure),
    failed(name("unix+multiprocessing", "python-swift", "size-1"), prefixFailure),
    failed(
      name("unix+line", "swift-markup"), hostileFailure,
      Transcript(lines: ["reader < receive channel=c", "reader > \(hostile)"], chunks: [hostile])),
    failed(
      name("unix+line", "markup-markup"),
      Failure(
        blame: .both, blamed: ["markup (writer)", "markup (reader)"], expected: "the vector's bytes on the wire",
        seen: "both endpoints agree with each other, against the vector")),
    failed(
      name("fifo+line", "markup-swift"),
      Failure(blame: .adapter, blamed: ["markup (writer)"], expected: "a reply", seen: "a line that is no reply"), nil),
    failed(
      name("fifo+line", "swift-swift"), Failure(blame: .harness, blamed: [], expected: "a FIFO", seen: "no room"), nil),
    known(
      CaseRecord(
        name: name("fifo+line", "swift-python"), outcome: .expected, reason: "known: FIFOs <of Python>", seconds: 0.1,
        failure: prefixFailure, transcript: transcript),
      entry(3, "messages/fifo+*/swift-python/*", "known: FIFOs <of Python>", link: "https://example.org/7?a=1&b=2")),
    known(
      CaseRecord(
        name: name("fifo+line", "python-swift"), outcome: .unexpected, reason: "it passes; delete the entry",
        seconds: 0.1),
      entry(8, "messages/fifo+line/python-swift/greeting", "known: FIFOs into Python", link: "javascript:alert(3)")),
    checking(["F5"], unsupported(name("unix+varint", "swift-python"))),
    .caseEnded(unsupported(name("unix+varint", "swift-python", "size-0"))),
    .caseEnded(
      CaseRecord(name: name("unix+line", "swift-csharp"), outcome: .notRun, reason: "csharp was put aside")),
    .caseEnded(
      CaseRecord(name: name("unix+line", "csharp-swift"), outcome: .notRun, reason: hostile)),
    // As --repeat does.
    .caseEnded(CaseRecord(name: name("unix+line", "swift-python", "size-0"), outcome: .passed, seconds: 0.003)),
    .note("the machine is busy \(hostile)"),
    .runEnded(RunEnd(seconds: 2.5, isInterrupted: false, peakMemory: ["python": 10 << 20, "parley": 16 << 20])),
  ]

  /// The run, or as much of it as is there of some events.
  static func run(_ events: [Event] = events, isCutOff: Bool = false) -> WholeRun {
    var run = WholeRun()
    for event in events { run.add(event) }
    if isCutOff { run.closeCutOff() }
    return run
  }

  /// The run as if it had been killed after its third case, in the fourth.
  static var cutOff: WholeRun {
    let count =
      (events.firstIndex { if case .caseEnded(let record) = $0 { record.outcome == .failed } else { false } }) ?? 0
    return run(
      Array(events[..<count]) + [.caseStarted(name("unix+multiprocessing", "python-swift"))], isCutOff: true)
  }
}

/// A form in which a run can be reported.
enum ReportFormat: String, CaseIterable, CustomTestStringConvertible {
  case text = "report.txt"
  case junit = "junit.xml"
  case json = "report.json"
  case markdown = "report.md"
  case github = "github.txt"
  case badge = "badge.svg"
  case html = "page.html"

  var testDescription: String { rawValue }

  func report(_ run: WholeRun) throws -> String {
    switch self {
    case .text: TextReport(run.summary).text
    case .junit: JUnitReport(run).text
    case .json: try JSONReport(run).text()
    case .markdown: MarkdownReport(run.summary).text
    case .github:
      GitHubReport(run.summary) { $0 == "python" ? "interop/python/adapter.yml" : nil }.text
    case .badge: BadgeReport(run.summary).text
    case .html: try HTMLReport(run).text()
    }
  }
}
