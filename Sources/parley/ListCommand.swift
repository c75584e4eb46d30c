import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The command `parley list`.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the names of the planned cases, or the rules of the protocol and the cases that check them.",
    usage: "parley list [<glob> ...] [--requirements [--journal <path>]] [options]",
    discussion: """
      Example: parley list 'refusals/**'
      Example: parley list --requirements --journal run.jsonl
      A case that is planned and cannot be run is followed by the reason.
      """)

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  @Flag(
    help: """
      Print the rules of the adapter protocol instead: how many cases check each, and where else it is checked.
      """)
  var requirements = false

  @Option(
    help: ArgumentHelp(
      "With --requirements, count the cases of this journal by outcome. Default: the planned cases.",
      valueName: "path"))
  var journal: String?

  func validate() throws {
    guard journal != nil else { return }
    if !requirements { throw ValidationError("--journal goes with --requirements.") }
    if cases.quick || cases.full || cases.with != nil || !cases.exampleFiles.isEmpty {
      throw ValidationError("--journal has its cases; leave out --quick, --full, --with and --example.")
    }
  }

  func run() throws {
    if let journal {
      FileHandle.standardOutput.writeReport(try RequirementTable(journal: journal, globs: cases.globs).text)
      return
    }
    let repository = try Repository()
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let usable = try adapters.load(repository, site)
    let plan = try cases.plan(usable, try cases.examples(repository, adapters), isTapped: true).withoutMissing
    if requirements {
      let table = RequirementTable(plan, try ProtocolPages(interop: repository.interop))
      FileHandle.standardOutput.writeReport(table.text)
      return
    }
    let lines = plan.entries.map { entry in
      entry.obstacle.map { "\(entry.name)  (\($0.reason))" } ?? entry.name.description
    }
    FileHandle.standardOutput.writeReport(lines.joined(separator: "\n") + "\n")
  }
}
