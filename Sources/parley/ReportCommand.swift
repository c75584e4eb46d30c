import ArgumentParser
import Foundation
import Journal
import Reports

/// The command `parley report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write reports on a run from its journal.",
    usage: "parley report <journal> [options]",
    discussion:
      """
      Example: parley run --journal run.jsonl; parley report run.jsonl --html run.html
      Exit status: that of the run; 3 if a report cannot be written, 130 if the journal is cut off.
      """
  )

  @Argument(help: "The journal of the run.")
  var journal: String

  @OptionGroup var reports: ReportOptions

  func run() throws {
    try reports.checkNames(journal: journal)
    try JournalPath.check(journal)
    let earlier = try reports.earlier()
    var run = WholeRun(keepsCases: reports.needCases)
    let isWhole = try JournalFile.read(journal) { run.add($0) }
    let isCutOff = !isWhole || run.summary.end == nil
    if isCutOff { run.closeCutOff() }
    let summary = run.summary
    try reports.write(run, since: earlier)
    if isCutOff { JournalCases.complainOfCut(journal) }
    if isCutOff { throw ExitCode(Status.interrupted) }
    try Status.check(summary)
  }
}
