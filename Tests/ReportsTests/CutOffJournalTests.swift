import Journal
import Testing

@Suite("A journal that is cut off")
struct CutOffJournalTests {
  /// Three cases are planned; the run was killed in the second.
  static var events: [Event] {
    var start = SampleRun.start
    start.planned = 3
    return [
      .runStarted(start), .caseStarted(SampleRun.name("unix+line", "swift-c")),
      SampleRun.passed(SampleRun.name("unix+line", "swift-c")),
      .caseStarted(SampleRun.name("unix+line", "c-swift")),
    ]
  }

  @Test("Balances, and says which cases are unknown and which was under way")
  func balance() {
    let report = SampleRun.report(Self.events, isCutOff: true)
    #expect(report.contains("not run, 2 cases: the journal ends before these cases\n"))
    #expect(report.contains("under way when the journal ended: messages/unix+line/c-swift/greeting\n"))
    #expect(!report.contains("swift-c/greeting"))
    #expect(
      report.hasSuffix(
        "\nplanned 3 · passed 1 · failed 0 · expected 0 · unexpected 0 · unsupported 0 · not run 2\n"))
  }

  @Test("A whole journal is not changed by looking for what is missing")
  func whole() {
    #expect(SampleRun.report(SampleRun.events, isCutOff: true) == SampleRun.report(SampleRun.events))
  }
}
