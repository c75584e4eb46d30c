import Foundation
import Journal
import Reports
import Testing

@Suite("A run that did not come to its end does not look as if it had")
struct IncompleteRunTests {
  private static let words: [ReportFormat: String] = [
    .text: "The journal is cut off, so this report is not complete", .junit: "<error type=\"cut-off\"",
    .json: "\"verdict\" : \"cut-off\"", .markdown: "> **The journal is cut off, so this report is not complete",
    .github: "::error title=Parley%3A the run was cut off", .badge: "cut off,",
    .html: "<p class=\"banner\" role=\"alert\">⚠ The journal is cut off, so this report is not complete",
  ]

  @Test("Cut off: every format says so", arguments: ReportFormat.allCases)
  func cutOff(_ format: ReportFormat) throws {
    let report = try format.report(EveryOutcome.cutOff)
    #expect(report.contains(try #require(Self.words[format])))
    #expect(!(try format.report(EveryOutcome.run())).contains(try #require(Self.words[format])))
  }

  @Test(
    "Cut off: the balance counts what nobody knows",
    arguments: ReportFormat.allCases.filter { $0 != .badge && $0 != .github })
  func balance(_ format: ReportFormat) throws {
    let balance = "planned 16 · passed 3 · failed 0 · expected 0 · unexpected 0 · unsupported 0 · not run 13"
    let report = try format.report(EveryOutcome.cutOff)
    #expect(report.contains(balance) || report.contains(MarkdownBalance.of(balance)))
  }

  @Test("Cut off: the case that was under way is named", arguments: [ReportFormat.text, .junit, .json, .html])
  func underWay(_ format: ReportFormat) throws {
    let report = try format.report(EveryOutcome.cutOff)
    #expect(report.contains("messages/unix+multiprocessing/python-swift/greeting"))
  }

  @Test("Interrupted: every format says so", arguments: ReportFormat.allCases.filter { $0 != .text })
  func interrupted(_ format: ReportFormat) throws {
    var events = EveryOutcome.events
    events[events.count - 1] = .runEnded(RunEnd(seconds: 1, isInterrupted: true, peakMemory: [:]))
    #expect(try format.report(EveryOutcome.run(events)).contains("interrupted"))
  }

  @Test("A journal that ends after its last case, without the end of the run, is cut off all the same")
  func withoutEnd() {
    let run = EveryOutcome.run(Array(EveryOutcome.events.dropLast()), isCutOff: true)
    #expect(run.summary.isCutOff && run.summary.missingCount == 0 && run.summary.tally.isBalanced)
  }
}

/// The balance as Markdown has it.
enum MarkdownBalance {
  static func of(_ line: String) -> String { "<code>\(line)</code>" }
}
