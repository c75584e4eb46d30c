import ArgumentParser
import Foundation
import Journal
import Reports

/// The command `parley report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Report on a run from its journal.",
    discussion:
      "Example: parley run --journal run.jsonl; parley report run.jsonl\nExit status: as the run's own; 130 for a journal that is cut off."
  )

  @Argument(help: "The journal's path.")
  var journal: String

  func run() throws {
    var summary = RunSummary()
    let isWhole = try JournalFile.read(journal) { summary.add($0) }
    let isCutOff = !isWhole || summary.end == nil
    if isCutOff { summary.closeCutOff() }
    FileHandle.standardOutput.writeReport(TextReport(summary).text)
    if isCutOff {
      Status.complain("The journal \(journal) is cut off: the run was killed, is still going on, or the disk was full.")
    }
    if isCutOff || summary.end?.isInterrupted ?? false { throw ExitCode(Status.interrupted) }
    if !summary.isGreen { throw ExitCode(Status.failed) }
  }
}
