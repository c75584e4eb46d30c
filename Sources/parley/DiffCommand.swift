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
      A regression is a case that newly fails, or that passed before and is now not run, unsupported or not planned.
      Cases that only one run planned are counted; the first is named.
      Slower cases are listed, and are no regression. Before times are compared, they are divided by the pace: the median
      ratio of all cases, which tells how much slower the whole machine was. A case counts as slower if it takes at
      least twice as long and 20 ms longer, if it is 4 deviations beyond the scatter of all cases, and if it lost more
      time than chance made other cases gain.
      Exit status: 0 no regression, 1 a regression, 2 wrong usage, 3 a journal cannot be read, 130 a journal is cut off.
      """)

  @Argument(help: "The journal of the earlier run.")
  var old: String

  @Argument(help: "The journal of the later run.")
  var new: String

  func run() throws {
    for path in [old, new] { try JournalPath.check(path) }
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
