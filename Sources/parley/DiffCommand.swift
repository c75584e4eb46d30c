import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley diff`.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two runs by their journals.",
    discussion: """
      Example: parley diff main.jsonl branch.jsonl
      A regression is a case that fails and did not before, or one that passed and is now not run, unsupported or gone.
      Slower by more than noise: times are compared after taking out the pace, the median ratio of all cases (another
      machine is slower as a whole); what then is at least twice as long and 20 ms longer, 4 deviations beyond how all
      cases scatter, and by more than chance made others quicker, is shown. It is no regression.
      Exit status: 0 no regression, 1 a regression, 2 wrong usage, 3 a journal cannot be read, 130 one is cut off.
      """)

  @Argument(help: "The journal of the earlier run.")
  var old: String

  @Argument(help: "The journal of the later run.")
  var new: String

  func run() throws {
    let before = try JournalCases(old)
    let now = try JournalCases(new)
    if before.start?.shard != now.start?.shard {
      throw ValidationError(
        "\(old) is \(before.extent), and \(new) is \(now.extent); put shards together with parley merge first.")
    }
    let comparison = RunComparison(old: before.records, new: now.records)
    FileHandle.standardOutput.writeReport(ComparisonText(comparison).text)
    for (path, cases) in [(old, before), (new, now)] where !cases.isWhole { JournalCases.complainOfCut(path) }
    if !before.isWhole || !now.isWhole { throw ExitCode(Status.interrupted) }
    if comparison.isRegression { throw ExitCode(Status.failed) }
  }
}
