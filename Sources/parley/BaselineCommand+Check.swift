import ArgumentParser
import Baselines
import Cases
import Foundation
import Journal
import Runner

/// The command `parley baseline check`.
struct BaselineCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say which entries of a baseline are stale, without running anything.",
    usage: "parley baseline check <file> [--journal <path>] [options]",
    discussion: """
      Example: parley baseline check baseline.yml --journal run.jsonl
      With --journal it also says what parley baseline update would change.
      Exit status: 0 all entries hold, 1 some do not, 2 wrong usage, 3 the harness could not work.
      """)

  @Argument(help: "The baseline.")
  var file: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: ArgumentHelp("The journal of a run to hold it against.", valueName: "path"))
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
      let update = try BaselineUpdate(
        try BaselineTextFile.read(file) ?? "", file: file, records: cases.records, whole: whole, date: cases.day)
      problems += update.remarks.map { "parley baseline update would say: \($0)" }
    }
    let lines = problems.isEmpty ? ["\(baseline.counts): all hold"] : problems
    FileHandle.standardOutput.writeReport(lines.joined(separator: "\n") + "\n")
    if !problems.isEmpty { throw ExitCode(Status.failed) }
  }
}
