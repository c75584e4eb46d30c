import Foundation
import Journal
import Reports
import Testing

@Suite("A report stays within its bounds whatever the size of the run")
struct ReportSizeTests {
  /// A run of many cases.
  private static func run(_ count: Int, _ record: (Int) -> CaseRecord) -> WholeRun {
    var run = WholeRun()
    var start = EveryOutcome.start
    start.baseline = nil
    start.planned = count
    run.add(.runStarted(start))
    for number in 0..<count { run.add(.caseEnded(record(number))) }
    run.add(.runEnded(RunEnd(seconds: 60, isInterrupted: false, peakMemory: [:])))
    return run
  }

  private static func name(_ number: Int) -> CaseName {
    CaseName(
      suite: "messages", channel: "unix+framing\(number % 14)", pair: "writer\(number % 6)-reader\(number / 6 % 6)",
      scenario: "size-\(number / 504)")
  }

  private static func failure(_ number: Int, length: Int) -> Failure {
    let text = String(repeating: "<é`|@\n", count: length / 7)
    var failure = EveryOutcome.prefixFailure
    failure.seen = "\(number) \(text)"
    failure.endpoints[0].standardError = text
    failure.endpoints[0].commands = [text]
    return failure
  }

  @Test(
    "Markdown has less than 60 KB, and says what was left out",
    arguments: [(50_000, 100), (50_000, 10), (2000, 5000), (20, 20_000), (3, 300_000)])
  func markdown(count: Int, length: Int) {
    let run = Self.run(count) { number in
      CaseRecord(name: Self.name(number), outcome: .failed, failure: Self.failure(number % 1000, length: length))
    }
    let changes = [ChangeList(title: "newly failing", isBad: true, lines: (0..<count).map { "case \($0)" })]
    let report = MarkdownReport(run.summary, changes: changes).text
    #expect(report.utf8.count < 60_000)
    #expect(report.hasPrefix("## ❌ Parley: \(count) of \(count) cases failed\n"))
    #expect(report.contains("### What failed") && report.contains("### The matrix"))
    #expect(report.hasSuffix("unsupported 0 · not run 0</code>\n"))
    if count > 100 { #expect(report.contains("more, left out to keep this under 60 KB; the journal has them all")) }
  }

  @Test(
    "The tables of sixteen languages fit a terminal of 100 columns, writers by readers first, and each failure is in its place"
  )
  func terminal() {
    let names = (1...16).map { "language\($0)" }
    let pairs = names.flatMap { writer in names.map { "\(writer)-\($0)" } }
    let run = Self.run(pairs.count * 10) { number in
      let pair = pairs[number / 10]
      return CaseRecord(
        name: CaseName(
          suite: "messages", channel: "unix-seqpacket+none", pair: pair, scenario: "size-\(number % 10)"),
        outcome: pair == "language3-language12" ? .failed : .passed)
    }
    let lines = TextReport(run.summary).text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0.hasPrefix("writer ↓ reader →  1  2 ") } ?? lines.endIndex
    let end = lines.firstIndex { $0.hasPrefix("Each cell counts cases") } ?? lines.endIndex
    #expect(start < end)
    #expect(lines[start..<end].allSatisfy { $0.count <= 100 })
    let row = lines.first { $0.hasPrefix("3 language3 ") }?.split(separator: " ") ?? []
    #expect(row.dropFirst(2).enumerated().filter { $0.element != "✓" }.map(\.offset) == [11])
    #expect(row.last { $0 != "✓" } == "✗10")
    #expect(lines[start..<end].contains("unix-seqpacket+none  ✗ 10 ✓ 2550"))
  }

  @Test("A program of an example and sixteen languages are a row each; more programs are a table of their own")
  func programs() {
    let names = (1...16).map { "language\($0)" }
    func text(_ programs: [String]) -> [Substring] {
      let pairs = programs.flatMap { program in names.map { "\($0)-\(program)" } }
      var run = Self.run(pairs.count) { number in
        CaseRecord(
          name: CaseName(suite: "wild", channel: "unix+line", pair: pairs[number], scenario: "x"),
          outcome: pairs[number] == "language3-redis" ? .failed : .passed)
      }
      for name in names { run.add(.adapter(AdapterRecord(name: name, title: "", runtime: "1"))) }
      run.add(.adapter(AdapterRecord(name: "absent", title: "", problem: "gone", cure: "install")))
      run.add(
        .caseEnded(
          CaseRecord(
            name: CaseName(suite: "wild", channel: "unix+line", pair: "absent-language1", scenario: "x"),
            outcome: .unsupported)))
      return TextReport(run.summary).text.split(separator: "\n")
    }
    #expect(text(["redis"]).contains("language3-redis   ✗ 1"))
    let table = text(["bc", "gdb", "redis"])
    #expect(table.contains { $0.hasPrefix("redis             ✓  ✓  ✗1  ✓  ✓") })
    #expect(table.contains { $0.hasPrefix("The peers: 1 language1, 2 language2, ") })
    // An adapter that is not installed has unsupported cases, and is no program.
    #expect(!table.contains { $0.hasPrefix("absent ") })
  }

  @Test("Markdown of many channels, pairs, adapters and reasons has less than 60 KB")
  func wideMarkdown() {
    var run = Self.run(3000) { number in
      CaseRecord(
        name: CaseName(suite: "s", channel: "channel\(number)", pair: "w\(number)-r", scenario: "x"), outcome: .notRun,
        reason: "reason \(number) \(String(repeating: "|", count: 500))")
    }
    for number in 0..<3000 { run.add(.adapter(AdapterRecord(name: "a\(number)", title: "", problem: "<none>"))) }
    let report = MarkdownReport(run.summary).text
    #expect(report.utf8.count < 60_000)
    #expect(report.contains("more lines, left out to keep this under 60 KB"))
  }

  @Test("HTML of 10,000 cases has less than 5 MB, though every one fails at length")
  func failures() throws {
    let transcript = Transcript(
      lines: (0..<120).map { "writer < send channel=c payload=\($0)" + String(repeating: "6", count: 100) },
      chunks: (0..<80).map { "writer \($0) 9 0000000468656c6c6f" })
    let run = Self.run(10_000) { number in
      CaseRecord(
        name: Self.name(number), outcome: .failed, seconds: Double(number) / 1e4,
        failure: Self.failure(number, length: 2000), transcript: transcript)
    }
    let page = try HTMLReport(run).text()
    #expect(page.utf8.count < 5_000_000, "\(page.utf8.count) bytes")
    #expect(page.contains("\"leftOut\":\"endpoints\""))
  }

  @Test(
    "A baseline with an entry of its own for each of 10,000 cases, and as many stale ones, keeps within both bounds")
  func baseline() throws {
    func entry(_ number: Int) -> BaselineEntryRecord {
      BaselineEntryRecord(
        file: "known.yml", line: number + 1, pattern: "\(Self.name(number))",
        reason: String(repeating: "<|", count: 500), link: "https://example.org/\(number)")
    }
    var start = EveryOutcome.start
    start.planned = 10_000
    start.baseline?.stale = (0..<10_000).map(entry)
    var run = WholeRun()
    run.add(.runStarted(start))
    for number in 0..<10_000 {
      var record = CaseRecord(name: Self.name(number), outcome: number % 2 == 0 ? .unexpected : .passed)
      if number % 2 == 0 {
        record.known = [entry(number)]
      } else {
        let failure = Self.failure(number, length: 2000)
        record.flaky = FlakyRecord(entry: entry(number), retries: 3, failures: [failure, failure])
      }
      run.add(.caseEnded(record))
    }
    run.add(.runEnded(RunEnd(seconds: 60, isInterrupted: false, peakMemory: [:])))
    let page = try HTMLReport(run).text()
    #expect(page.utf8.count < 5_000_000, "\(page.utf8.count) bytes")
    #expect(page.contains("\"staleLeftOut\":9900"))
    let markdown = MarkdownReport(run.summary).text
    #expect(markdown.utf8.count < 60_000)
    #expect(
      markdown.contains("### Entries of the baseline that fit no case") && markdown.contains("more lines, left out"))
    let annotations = GitHubReport(run.summary).text.split(separator: "\n").filter { $0.hasPrefix("::error ") }
    #expect(annotations.count <= 10 && annotations.contains { $0.contains("stale entry") })
  }

  @Test("HTML of 10,000 cases that pass has less than 1.5 MB, a transcript for each channel and scenario in it")
  func passes() throws {
    let run = Self.run(10_000) { number in
      CaseRecord(
        name: Self.name(number), outcome: .passed, seconds: Double(number) / 1e4, transcript: EveryOutcome.transcript)
    }
    let page = try HTMLReport(run).text()
    #expect(page.utf8.count < 1_500_000, "\(page.utf8.count) bytes")
    #expect(page.components(separatedBy: "\"transcript\"").count - 1 == 14 * 20)
  }
}
