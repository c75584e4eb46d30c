import Foundation
import Journal
import Reports
import Testing

/// The files in `Golden`, byte for byte. After a change that is meant, write them anew, and read what changed before it is committed:
///
///     PARLEY_UPDATE_GOLDEN=1 swift test --disable-xctest --filter GoldenFilesTests
@Suite("Reports on a run with every outcome")
struct GoldenFilesTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden").path
  private static let isUpdating = ProcessInfo.processInfo.environment["PARLEY_UPDATE_GOLDEN"] != nil

  private static func expect(_ name: String, _ text: String, _ location: SourceLocation = #_sourceLocation) throws {
    let url = URL(fileURLWithPath: "\(folder)/\(name)")
    if isUpdating { try Data(text.utf8).write(to: url) }
    let golden = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    let lines = zip(text.split(separator: "\n"), golden.split(separator: "\n")).enumerated()
    if let (index, (seen, right)) = lines.first(where: { $0.element.0 != $0.element.1 }) {
      #expect(seen == right, "line \(index + 1) of \(name)", sourceLocation: location)
    }
    #expect(text == golden, "\(name) is another", sourceLocation: location)
  }

  @Test("The journal")
  func journal() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    let lines = try EveryOutcome.events.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try Self.expect("run.jsonl", lines.joined())
    var events: [Event] = []
    #expect(try JournalFile.read("\(Self.folder)/run.jsonl") { events.append($0) })
    #expect(events == EveryOutcome.events)
  }

  @Test("Every format", arguments: ReportFormat.allCases.filter { $0 != .html })
  func format(_ format: ReportFormat) throws {
    try Self.expect(format.rawValue, try format.report(EveryOutcome.run()))
  }

  @Test("What the HTML page is drawn from")
  func page() throws {
    let page = try ReportFormat.html.report(EveryOutcome.run())
    let begin = "<script type=\"application/json\" id=\"data\">"
    let start = try #require(page.range(of: begin))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    try Self.expect("page-data.json", String(page[start.upperBound..<end.lowerBound]) + "\n")
  }

  @Test("The sample has every outcome and every blame, and balances")
  func complete() {
    let summary = EveryOutcome.run().summary
    for outcome in Outcome.allCases { #expect(summary.tally[outcome] > 0, "\(outcome)") }
    for blame in [Blame.writer, .reader, .both, .adapter, .harness] {
      #expect(summary.failures.contains { $0.failure?.blame == blame }, "\(blame)")
    }
    #expect(summary.tally.isBalanced)
  }
}
