import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley merge`.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge the journals of all shards into one.",
    usage: "parley merge <journal> ... -o <path>",
    discussion: """
      Example: parley merge shard-*.jsonl -o run.jsonl; parley report run.jsonl
      All shards must be of the same plan, baseline and costs. No shard may be missing or given twice.
      Exit status: 0 merged, 1 the journals do not fit together, 2 wrong usage, 3 a journal cannot be read or written.
      """)

  @Argument(help: "The journals that parley run --shard wrote.")
  var journals: [String]

  // Required, but not by the parser, which would call a mistyped --output missing.
  @Option(name: .shortAndLong, help: ArgumentHelp("The journal to write.", valueName: "path"))
  var output: String?

  @Flag(help: "Merge even if a shard is missing or cut off. Reports then say that the run is not complete.")
  var incomplete = false

  func run() throws {
    guard let output else { throw ValidationError("There is no -o; give the path of the journal to write.") }
    for journal in journals { try JournalPath.check(journal) }
    func path(_ name: String) -> String { URL(fileURLWithPath: name).resolvingSymlinksInPath().path }
    if journals.contains(where: { path($0) == path(output) }) {
      throw ValidationError("\(output) is one of the journals to merge; choose another path for -o.")
    }
    var merge = JournalMerge()
    for journal in journals { merge.add(try JournalMerge.Part(journal)) }
    let problems = merge.contradictions.isEmpty && incomplete ? [] : merge.problems
    guard problems.isEmpty else {
      for problem in problems { Status.complain(problem) }
      let cure = incomplete || !merge.contradictions.isEmpty ? "" : " With --incomplete, the given journals are merged."
      Status.complain("Nothing was written.\(cure)")
      throw ExitCode(Status.failed)
    }
    let file = try JournalFile(creating: output)
    var summary = RunSummary()
    for event in merge.events {
      try file.append(event)
      summary.add(event)
    }
    if summary.end == nil {
      summary.closeCutOff()
      for gap in merge.gaps { Status.complain(gap) }
    }
    let notPlanned = summary.notPlannedLines.map { "not planned: \($0)\n" }.joined()
    FileHandle.standardOutput.writeReport(
      "\(journals.count) shards: \(output)\n\(notPlanned)\(summary.tally.line)\n")
  }
}
