import Journal
import Reports
import Testing

@Suite("A run with a baseline as text")
struct BaselineReportTests {
  static func entry(_ line: Int, _ pattern: String, contains: String? = nil) -> BaselineEntryRecord {
    BaselineEntryRecord(file: "known.yml", line: line, pattern: pattern, reason: "why \(line)", contains: contains)
  }

  /// A case of each kind that a baseline knows.
  static var events: [Event] {
    var start = SampleRun.start
    start.planned = 5
    start.baseline = BaselineRecord(
      file: "known.yml", digest: "00", knownCount: 4, flakyCount: 1,
      stale: [entry(20, "messages/**/nothing"), entry(23, "messages/**/\u{1b}[2J")])
    func record(_ scenario: String, _ outcome: Outcome, _ known: [BaselineEntryRecord]?) -> CaseRecord {
      var record = CaseRecord(name: SampleRun.name("unix+line", "swift-c", scenario), outcome: outcome)
      record.known = known
      return record
    }
    var expected = record("a", .expected, [entry(2, "**/a")])
    expected.reason = "why 2"
    expected.failure = SampleRun.failure
    var one = record("b", .unexpected, [entry(5, "messages/unix+line/swift-c/b")])
    one.reason = "it passes, and known.yml:5 says that it fails"
    var many = record("c", .unexpected, [entry(8, "**/c")])
    many.reason = "it passes, and known.yml:8 says that it fails"
    var other = record("d", .failed, [entry(11, "**/d", contains: "blue\nsky")])
    other.failure = SampleRun.failure
    var flaky = record("e", .passed, nil)
    flaky.flaky = FlakyRecord(entry: entry(15, "**/e"), retries: 2, failures: [SampleRun.failure])
    return [.runStarted(start)] + [expected, one, many, other, flaky].map { .caseEnded($0) }
      + [.runEnded(RunEnd(seconds: 1, isInterrupted: false, peakMemory: [:]))]
  }

  let report = SampleRun.report(events)

  @Test(
    "Says what is to be done about each entry, and where",
    arguments: [
      """
      UNEXPECTED PASS messages/unix+line/swift-c/b
        it passes, and known.yml:5 says that it fails
        delete    known.yml:5, messages/unix+line/swift-c/b (why 5)
        again     parley run 'messages/unix+line/swift-c/b'
      """,
      "  narrow    known.yml:8, **/c (why 8), to the cases that still fail; delete it if none does\n",
      "  baseline  known.yml:11 knows a failure that contains \"blue sky\", and this one does not\n",
      "\nSTALE known.yml:20\n  no case of the plan fits messages/**/nothing (why 20)\n  delete    known.yml:20\n",
      "expected, 1 case: why 2 (known.yml:2)\n",
      "flaky: messages/unix+line/swift-c/e passed at try 2 of 3 (known.yml:15, why 15); at first: a frame\n",
      "○ not run, (✗) failed as expected.\n",
    ])
  func says(words: String) {
    #expect(report.contains(words), "\(report)")
  }

  @Test("Balances, whatever the baseline says of a case")
  func balance() {
    #expect(
      report.hasSuffix(
        "\nplanned 5 · passed 1 · failed 1 · expected 1 · unexpected 2 · unsupported 0 · not run 0\n"))
    #expect(!report.contains("\u{1b}"))
  }

  @Test("A stale entry alone makes a run red")
  func stale() {
    var start = SampleRun.start
    start.planned = 0
    var summary = RunSummary()
    summary.add(.runStarted(start))
    #expect(summary.isGreen)
    start.baseline = BaselineRecord(
      file: "known.yml", digest: "00", knownCount: 1, flakyCount: 0, stale: [Self.entry(1, "x")])
    summary.add(.runStarted(start))
    #expect(!summary.isGreen && summary.tally.isGreen)
    let badge = BadgeReport(summary).text
    #expect(badge.contains("1 stale") && badge.contains("#cf222e") && !badge.contains("#1a7f37"))
    #expect(
      MarkdownReport(summary).text.hasPrefix("## ❌ Parley: no case failed, but 1 entry of the baseline fits no case\n"))
    #expect(
      GitHubReport(summary).text.hasPrefix(
        "::error file=known.yml,line=1,title=Parley%3A stale entry of the baseline::"))
  }

  @Test("GitHub is shown the line of the baseline, for stale entries and for what passes against it")
  func annotations() {
    let text = GitHubReport(EveryOutcome.run(Self.events).summary).text
    for line in [5, 8, 20, 23] { #expect(text.contains("::error file=known.yml,line=\(line),title="), "\(line)") }
    #expect(text.contains("%0Adelete known.yml:5, messages/unix+line/swift-c/b (why 5)%0A"))
  }

  @Test("JUnit has the tries of a flaky case that never passed")
  func rerun() {
    var never = CaseRecord(name: SampleRun.name("unix+line", "swift-c", "f"), outcome: .failed)
    never.failure = SampleRun.failure
    never.flaky = FlakyRecord(entry: Self.entry(15, "**/f"), retries: 1, failures: [SampleRun.failure])
    let text = JUnitReport(EveryOutcome.run([.runStarted(SampleRun.start), .caseEnded(never)])).text
    #expect(text.contains("<failure type=\"blame writer\"") && text.contains("<rerunFailure type=\"blame writer\""))
    #expect(!text.contains("<flakyFailure"))
  }

  @Test("A flaky case that never passes is a failure that says so, and steady ones are counted")
  func neverPasses() {
    var never = CaseRecord(name: SampleRun.name("unix+line", "swift-c", "f"), outcome: .failed)
    never.failure = SampleRun.failure
    never.flaky = FlakyRecord(
      entry: Self.entry(15, "**/f"), retries: 1, failures: [SampleRun.failure])
    var steady = CaseRecord(name: SampleRun.name("unix+line", "swift-c", "g"), outcome: .passed)
    steady.flaky = FlakyRecord(entry: Self.entry(18, "**/g"), retries: 1, failures: [])
    let report = SampleRun.report([.runStarted(SampleRun.start), .caseEnded(never), .caseEnded(steady)])
    #expect(report.contains("  flaky     known.yml:15 allows 2 tries; this was number 2\n"))
    #expect(report.contains("flaky: messages/unix+line/swift-c/f failed at all 2 tries (known.yml:15, why 15)"))
    #expect(report.contains("flaky: 1 listed case passed at the first try\n"))
  }

  @Test("A shard and a merged run say that they are")
  func shards() {
    func speed(_ change: (inout RunStart) -> Void) -> String {
      var start = SampleRun.start
      start.wholeCount = 64
      change(&start)
      return SampleRun.report([
        .runStarted(start), .runEnded(RunEnd(seconds: 1, isInterrupted: false, peakMemory: [:])),
      ])
    }
    #expect(
      speed { $0.shard = ShardRecord(index: 2, count: 8) }
        .contains("shard 2/8 of a plan of 64 cases, split by count\n"))
    #expect(
      speed { $0.shard = ShardRecord(index: 2, count: 8, costs: "00") }
        .contains("shard 2/8 of a plan of 64 cases, split by cost\n"))
    #expect(speed { $0.mergedCount = 8 }.contains("merged from 8 shards\n"))
  }
}
