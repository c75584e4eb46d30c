import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The command `parley baseline`.
struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Maintain the baseline: the list of known failures and flaky cases.",
    discussion: """
      Example: parley baseline update baseline.yml; parley run --baseline baseline.yml
      A baseline is YAML:

        known-failures:
          - case: messages/unix+line/swift-ruby/size-*    # a name, or a glob
            reason: a buffer of the old version is too small
            link: https://example.org/7                   # optional
            contains: too-large                           # optional: the failure must have this text
        flaky:
          - case: "**/ruby-ruby/burst"
            reason: its open races with its close
            retries: 2

      The list is strict: the run fails if a known failure passes, or if an entry fits no case.
      """,
    subcommands: [BaselineUpdateCommand.self, BaselineCheckCommand.self])
}

/// The cases of a journal, without what is bulky.
struct JournalCases {
  var start: RunStart?
  var records: [CaseRecord] = []
  /// Whether the journal ends as a run ends.
  var isWhole = false
  /// Whether somebody interrupted the run, so that the rest of its cases was not run.
  var isInterrupted = false

  /// Reads a journal.
  ///
  /// - Throws: ``JournalFile/Failure`` for what is no journal.
  init(_ path: String) throws {
    var (start, records, end): (RunStart?, [CaseRecord], RunEnd?) = (nil, [], nil)
    let isWhole = try JournalFile.read(path) { event in
      switch event {
      case .runStarted(let run): start = run
      case .caseEnded(var record):
        record.transcript = nil
        records.append(record)
      case .runEnded(let run): end = run
      default: break
      }
    }
    self.start = start
    self.records = records
    self.isWhole = isWhole && end != nil
    isInterrupted = end?.isInterrupted ?? false
  }

  /// Says that the run was interrupted, and how far it had come.
  func interruption(_ path: String) -> String {
    let count = records.count { $0.outcome == .notRun }
    return "The journal \(path) is of a run that was interrupted: \(count) of its \(records.count) cases were not run."
  }

  /// How much of a plan the run is, in words.
  var extent: String { start?.extent ?? "a whole run" }

  /// The day of the run.
  var day: String { String(start?.date.prefix(10) ?? "") }

  /// Says that a journal is cut off.
  static func complainOfCut(_ path: String) {
    Status.complain("The journal \(path) is cut off: the run was killed, is still going on, or the disk was full.")
  }
}

extension RunStart {
  /// How much of a plan the run is, in words.
  var extent: String { shard.map { "shard \($0)" } ?? "a whole run" }
}
