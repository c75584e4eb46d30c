import Journal

/// An event of every kind, with everything in it.
enum Events {
  static let start = RunStart(
    planned: 2, jobs: 2, isFresh: false, isTapped: true, machine: "Linux 6.1, 2 processors",
    date: "2026-01-31T12:00:00Z", command: "parley run")

  static let name = CaseName(suite: "messages", channel: "unix+line", pair: "swift-c", scenario: "greeting")

  static var failure: Failure {
    var failure = Failure(
      blame: .reader, blamed: ["c (reader)"], expected: "hello", seen: "nothing",
      difference: ByteDifference(
        subject: "the reader's message", source: "the vector", offset: 3, field: "payload", windowStart: 0,
        expected: "68656c6c6f", seen: "68656c"))
    failure.code = "wrong-bytes"
    failure.errorKind = "malformed"
    failure.rule = rule
    failure.advice = "Write all of it."
    failure.endpoints = [
      EndpointTrace(
        name: "reader c", commands: ["receive channel=c > no reply"], standardError: "\u{1b}[31m\"oh\"\n/é\n")
    ]
    return failure
  }

  static let rule = RuleRecord(
    id: "L4", page: "protocol/values.md", line: 12, section: "Values", text: "An \"endpoint\" lives on.",
    untestable: "nobody can tell")

  static let entry = BaselineEntryRecord(
    file: "baseline.yml", line: 3, pattern: "messages/**/greeting", reason: "it \"lies\"",
    link: "https://example.org/1",
    contains: "nothing")

  /// The start of a shard with a baseline.
  static var shardStart: RunStart {
    var start = start
    start.planDigest = "0123456789abcdef"
    start.wholeCount = 16
    start.repeatCount = 1
    start.shard = ShardRecord(index: 2, count: 8, costs: "fedcba9876543210")
    start.mergedCount = 8
    start.missingCount = 3
    start.rules = [rule]
    start.baseline = BaselineRecord(
      file: "baseline.yml", digest: "00ff", knownCount: 1, flakyCount: 1, stale: [entry])
    return start
  }

  /// A case that is listed as a known failure and as flaky.
  static var listed: CaseRecord {
    var record = CaseRecord(name: name, outcome: .expected, reason: entry.reason)
    record.rules = ["L4", "R1"]
    record.known = [entry]
    record.flaky = FlakyRecord(entry: entry, retries: 2, failures: [failure])
    return record
  }

  static let all: [Event] = [
    .runStarted(start),
    .adapter(AdapterRecord(name: "swift", title: "Swift", runtime: "Swift 6.3")),
    .adapter(AdapterRecord(name: "csharp", title: "C#", problem: "no mcs", cure: "apt-get install mono-mcs")),
    .caseStarted(name),
    .caseEnded(
      CaseRecord(
        name: name, outcome: .failed, seconds: 0.125, isSmall: true, failure: failure,
        transcript: Transcript(lines: ["writer < hello", "writer > ok"], chunks: ["writer 0 6 68656c6c6f0a"]))),
    .caseEnded(CaseRecord(name: name, outcome: .notRun, reason: "interrupted")),
    .caseEnded(listed),
    .note("a note with \"quotes\", a \n line feed and \u{1f980}"),
    .runEnded(RunEnd(seconds: 1.5, isInterrupted: true, peakMemory: ["parley": 1 << 24, "c": 1 << 20])),
  ]
}
