import Journal
import Reports
import Testing

@Suite("The numbers of one report agree")
struct FailureCountTests {
  /// A run whose cases ended so.
  private static func run(_ outcomes: [Outcome], isInterrupted: Bool = false) -> WholeRun {
    var start = SampleRun.start
    start.planned = outcomes.count
    let cases = outcomes.enumerated().map { index, outcome in
      Event.caseEnded(
        CaseRecord(name: SampleRun.name("unix+line", "swift-c", "size-\(index)"), outcome: outcome, reason: "why"))
    }
    let end = RunEnd(seconds: 1, isInterrupted: isInterrupted, peakMemory: [:])
    return EveryOutcome.run([.runStarted(start)] + cases + [.runEnded(end)])
  }

  @Test(
    "The headline has the balance's numbers",
    arguments: [
      ([Outcome.failed, .failed, .unexpected, .passed], "2 of 4 cases failed, 1 passed against the baseline"),
      ([.failed, .passed], "1 of 2 cases failed"),
      ([.unexpected, .passed], "1 of 2 cases passed against the baseline"),
      ([.passed, .passed], "2 of 2 cases passed, none failed"),
    ])
  func headline(_ outcomes: [Outcome], _ words: String) throws {
    let run = Self.run(outcomes)
    #expect(try ReportFormat.html.report(run).contains("</span> \(words)</h1>"))
    #expect(try ReportFormat.markdown.report(run).contains(" Parley: \(words)\n"))
  }

  @Test("An interrupted run counts alike")
  func interrupted() throws {
    let page = try ReportFormat.html.report(Self.run([.failed, .unexpected, .notRun], isInterrupted: true))
    #expect(
      page.contains("the run was interrupted; 1 of 3 cases failed, 1 passed against the baseline until then</h1>"))
  }

  @Test("A badge counts alike")
  func badge() throws {
    let badge = try ReportFormat.badge.report(Self.run([.failed, .failed, .unexpected, .passed]))
    #expect(badge.contains(">2 failed, 1 unexpected, 1 passed<"))
  }

  @Test(
    "Without a baseline nothing is expected or unexpected but in the balance",
    arguments: [ReportFormat.text, .markdown])
  func noBaseline(_ format: ReportFormat) throws {
    let run = Self.run([.passed, .unsupported])
    let text = try format.report(run)
    let balance = run.summary.tally.line
    #expect(text.contains(balance))
    let rest = text.replacing(balance, with: "").lowercased()
    for word in ["expected", "baseline"] { #expect(!rest.contains(word), "\(text)") }
  }

  @Test("With one the legend explains both")
  func baseline() throws {
    let text = MarkdownReport(EveryOutcome.run(BaselineReportTests.events).summary).text
    #expect(text.contains("~ failed as expected, ❌ passed against the baseline"), "\(text)")
  }
}
