import ArgumentParser
import Foundation
import Journal
import Reports

/// Which reports are written, besides the text.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write JUnit XML to this file. For all reports, - is standard output.", valueName: "path"))
  var junit: String?

  @Option(help: ArgumentHelp("Write JSON to this file.", valueName: "path"))
  var json: String?

  @Option(help: ArgumentHelp("Write an HTML page to this file; it needs no network.", valueName: "path"))
  var html: String?

  @Option(help: ArgumentHelp("Write Markdown to this file, such as $GITHUB_STEP_SUMMARY.", valueName: "path"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write a badge (SVG) to this file.", valueName: "path"))
  var badge: String?

  @Option(help: ArgumentHelp("Compare the run with the one of this older journal.", valueName: "journal"))
  var since: String?

  @Flag(help: "Write annotations for GitHub. Default: only on GitHub Actions.")
  var github = false

  func validate() throws {
    var paths: Set<String> = []
    for (option, path) in named {
      guard !path.isEmpty else { throw ValidationError("\(option) is empty; give a path, or - for standard output.") }
      guard paths.insert(path).inserted else {
        throw ValidationError(
          "Two reports go to \(path == "-" ? "standard output" : path); give each a path of its own.")
      }
    }
  }

  /// Whether a report needs every case, and not the counts and failures alone.
  var needCases: Bool { junit != nil || json != nil || html != nil || since != nil }

  /// Reads the journal with which the run is to be compared; nil if there is none.
  ///
  /// - Throws: ``JournalFile/Failure`` for what is no journal.
  func earlier() throws -> JournalCases? {
    guard let since else { return nil }
    try JournalPath.check(since)
    let cases = try JournalCases(since)
    if !cases.isWhole { JournalCases.complainOfCut(since) }
    return cases
  }

  /// What changed since an earlier run; nil if there is none, or it is of other cases.
  private func comparison(_ run: WholeRun, _ earlier: JournalCases?) -> RunComparison? {
    guard let since, let earlier else { return nil }
    guard earlier.start?.shard == run.summary.start?.shard else {
      Status.complain(
        "\(since) is \(earlier.extent), and this run is \(run.summary.start?.extent ?? "a whole run"), so they are not compared;"
          + " put shards together with parley merge first.")
      return nil
    }
    return RunComparison(old: earlier.records, new: run.cases)
  }

  /// Makes sure that no report takes the place of a journal.
  ///
  /// - Throws: a usage error.
  func checkNames(journal: String?) throws {
    for journal in [journal, since].compactMap({ $0 }) {
      for (option, path) in named where path != "-" && ReportFile(path: path).isSame(as: journal) {
        throw ValidationError("\(option) is \(path), which is the journal; give the report a path of its own.")
      }
    }
    if let journal, let since, ReportFile(path: since).isSame(as: journal) {
      throw ValidationError("--since is \(since), which is the journal of this run; give that of an earlier one.")
    }
  }

  /// Makes sure before a long run that its reports can be written after it.
  ///
  /// - Throws: a usage error for the journal's path; exit status 3, when what is in the way has been told.
  func check(journal: String?) throws {
    try checkNames(journal: journal)
    try attempt(named.map { _, path in { () throws in try ReportFile(path: path).check() } })
  }

  /// Writes the reports, the text among them.
  ///
  /// - Parameters:
  ///   - run: the run; its cases are looked at only if ``needCases``.
  ///   - earlier: the run to compare it with.
  /// - Throws: exit status 3, when the other reports are written and what is in the way has been told.
  func write(_ run: WholeRun, since earlier: JournalCases? = nil) throws {
    let comparison = comparison(run, earlier)
    let changes = comparison?.changeLists ?? []
    // Standard output is the report's alone that goes there.
    let text: FileHandle = named.contains { $0.path == "-" } ? .standardError : .standardOutput
    if isForGitHub { text.writeReport(GitHubReport(run.summary, file: Self.manifest).text) }
    let compared = comparison.map { "\(ComparisonText($0).text)\n" } ?? ""
    let report = compared + TextReport(run.summary).text
    text.writeReport(isForGitHub ? GitHubReport.harmless(report) : report)
    let reports: [(String?, () throws -> String)] = [
      (junit, { JUnitReport(run).text }), (json, { try JSONReport(run).text() }),
      (html, { try HTMLReport(run, changes: changes).text() }),
      (markdown, { MarkdownReport(run.summary, changes: changes).text }), (badge, { BadgeReport(run.summary).text }),
    ]
    try attempt(
      reports.compactMap { path, text in
        path.map { path in { () throws in try ReportFile(path: path).write(try text()) } }
      })
  }

  private var named: [(option: String, path: String)] {
    [("--junit", junit), ("--json", json), ("--html", html), ("--markdown", markdown), ("--badge", badge)]
      .compactMap { option, path in path.map { (option, $0) } }
  }

  private var isForGitHub: Bool { github || ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true" }

  /// Does everything, whatever fails, and fails then.
  private func attempt(_ tasks: [() throws -> Void]) throws {
    var haveAllSucceeded = true
    for task in tasks {
      do {
        try task()
      } catch {
        Status.complain("\(error)")
        haveAllSucceeded = false
      }
    }
    if !haveAllSucceeded { throw ExitCode(Status.harness) }
  }

  /// The manifest of an adapter of the repository in the working folder; one with a version, `python3.9`, is `python`'s.
  private static func manifest(_ adapter: String) -> String? {
    let plain = adapter.prefix { $0.isLetter || $0 == "_" }
    return [adapter, String(plain)].map { "interop/\($0)/adapter.yml" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
