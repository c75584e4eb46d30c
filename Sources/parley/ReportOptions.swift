import ArgumentParser
import Foundation
import Journal
import Reports

/// Which reports are written, besides the text.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write JUnit XML; - is standard output.", valueName: "path"))
  var junit: String?

  @Option(help: ArgumentHelp("Write JSON.", valueName: "path"))
  var json: String?

  @Option(help: ArgumentHelp("Write one HTML page.", valueName: "path"))
  var html: String?

  @Option(help: ArgumentHelp("Write Markdown, such as to $GITHUB_STEP_SUMMARY.", valueName: "path"))
  var markdown: String?

  @Option(help: ArgumentHelp("Write a badge, SVG.", valueName: "path"))
  var badge: String?

  @Flag(help: "Annotate for GitHub; on its CI by itself.")
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
  var needCases: Bool { junit != nil || json != nil || html != nil }

  /// Makes sure that no report takes the journal's place.
  ///
  /// - Throws: a usage error.
  func checkNames(journal: String?) throws {
    guard let journal else { return }
    for (option, path) in named where path != "-" && ReportFile(path: path).isSame(as: journal) {
      throw ValidationError("\(option) is \(path), which is the journal; give the report a path of its own.")
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
  ///   - changes: what changed since an earlier run, if it was compared with one.
  /// - Throws: exit status 3, when the other reports are written and what is in the way has been told.
  func write(_ run: WholeRun, changes: [ChangeList] = []) throws {
    // Standard output is the report's alone that goes there.
    let text: FileHandle = named.contains { $0.path == "-" } ? .standardError : .standardOutput
    if isForGitHub { text.writeReport(GitHubReport(run.summary, file: Self.manifest).text) }
    let report = TextReport(run.summary).text
    text.writeReport(isForGitHub ? GitHubReport.harmless(report) : report)
    let reports: [(String?, () throws -> String)] = [
      (junit, { JUnitReport(run).text }), (json, { try JSONReport(run).text() }),
      (html, { try HTMLReport(run).text() }),
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
