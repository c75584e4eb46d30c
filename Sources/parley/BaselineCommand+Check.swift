import ArgumentParser
import Baselines
import Cases
import Foundation
import Journal
import Runner

/// The command `parley baseline check`.
struct BaselineCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find the stale entries of a baseline without a run.",
    usage: "parley baseline check <file> [--journal <path>] [options]",
    discussion: """
      Example: parley baseline check baseline.yml --journal run.jsonl
      With --journal, also print what parley baseline update would change.
      Exit status: 0 all entries are up to date, 1 some are not, 2 wrong usage, 3 the harness failed.
      """)

  @Argument(help: "The baseline file.")
  var file: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: ArgumentHelp("Compare the baseline with this journal.", valueName: "path"))
  var journal: String?

  func run() throws {
    let repository = try Repository()
    let baseline = try Baseline(contentsOf: file)
    let whole = try repository.wholePlan(adapters)
    let names = whole.names()
    try baseline.refuseContradictions(among: names)
    var problems = baseline.stale(planned: names, whole: whole).map {
      "\($0.record.place): no case fits \($0.glob.pattern); delete the entry"
    }
    if let journal {
      let cases = try JournalCases(journal)
      guard cases.isWhole else {
        JournalCases.complainOfCut(journal)
        throw ExitCode(Status.interrupted)
      }
      if cases.isInterrupted { Status.complain(cases.interruption(journal)) }
      let update = try BaselineUpdate(
        try BaselineTextFile.read(file) ?? "", file: file, records: cases.records, whole: whole, date: cases.day,
        isInterrupted: cases.isInterrupted)
      problems += update.remarks.map { "parley baseline update would say: \($0)" }
    }
    let lines = problems.isEmpty ? ["\(baseline.counts): all entries are up to date"] : problems
    FileHandle.standardOutput.writeReport(lines.joined(separator: "\n") + "\n")
    if !problems.isEmpty { throw ExitCode(Status.failed) }
  }
}
