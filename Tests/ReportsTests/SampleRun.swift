import Journal
import Reports

/// The events of a run in which every outcome happens.
enum SampleRun {
  static let start = RunStart(
    planned: 8, jobs: 2, isFresh: false, isTapped: true, machine: "Linux 6.1, 2 processors",
    date: "2026-01-31T12:00:00Z", command: "parley run")

  static func name(_ channel: String, _ pair: String, _ scenario: String = "greeting") -> CaseName {
    CaseName(suite: "messages", channel: channel, pair: pair, scenario: scenario)
  }

  static func passed(_ name: CaseName) -> Event {
    .caseEnded(CaseRecord(name: name, outcome: .passed, seconds: 0.01, isSmall: true))
  }

  static func ended(_ name: CaseName, _ outcome: Outcome, _ reason: String) -> Event {
    .caseEnded(CaseRecord(name: name, outcome: outcome, reason: reason))
  }

  static var failure: Failure {
    var failure = Failure(
      blame: .writer, blamed: ["python (writer)"], expected: "the frame of \"hello\"", seen: "a frame\nof 4 bytes",
      difference: ByteDifference(
        subject: "the writer's bytes on the wire", source: "vector", offset: 3, field: "length prefix of message 1",
        windowStart: 0, expected: "0000000568656c6c6f", seen: "0000000468656c6c"))
    failure.endpoints = [
      EndpointTrace(
        name: "writer python", commands: ["send channel=c payload=68656c6c6f > ok"],
        standardError: "Traceback:\n\u{1b}[31mboom\u{7}\u{1b}[0m\u{7f}!\n\tin line 1\n"),
      EndpointTrace(name: "reader swift", commands: [], standardError: ""),
    ]
    return failure
  }

  static let events: [Event] = [
    .runStarted(start),
    .adapter(AdapterRecord(name: "swift", title: "Swift", runtime: "Swift 6.3")),
    .adapter(AdapterRecord(name: "python", title: "Python", runtime: "CPython 3.11.7")),
    .adapter(
      AdapterRecord(name: "csharp", title: "C#", problem: "mcs is not installed", cure: "apt-get install mono-mcs")),
    .caseStarted(name("unix+line", "swift-python")),
    passed(name("unix+line", "swift-python")),
    passed(name("unix+line", "swift-python", "size-0")),
    .caseEnded(
      CaseRecord(name: name("unix+line", "python-swift"), outcome: .failed, seconds: 0.1, failure: failure)),
    ended(name("fifo+line", "swift-python"), .expected, "known: FIFOs"),
    ended(name("fifo+line", "python-swift"), .unexpected, "it passes; take it out of the baseline"),
    ended(name("unix+varint", "swift-python"), .unsupported, "python does not declare varint"),
    ended(name("unix+varint", "swift-python", "size-0"), .unsupported, "python does not declare varint"),
    ended(name("unix+line", "swift-csharp"), .notRun, "the run was interrupted"),
    .note("the machine is busy"),
    .runEnded(RunEnd(seconds: 1.25, isInterrupted: false, peakMemory: ["python": 10 << 20, "parley": 16 << 20])),
  ]

  /// The report on some events.
  static func report(_ events: [Event], isCutOff: Bool = false) -> String {
    var summary = RunSummary()
    for event in events { summary.add(event) }
    if isCutOff { summary.closeCutOff() }
    return TextReport(summary).text
  }

  /// The report on one failure.
  static func report(_ failure: Failure) -> String {
    let record = CaseRecord(name: name("unix+line", "swift-c"), outcome: .failed, failure: failure)
    return report([.runStarted(start), .caseEnded(record)])
  }
}
