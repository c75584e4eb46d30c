import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The command `parley list`.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the names of the cases, and what keeps one from being run.",
    usage: "parley list [<glob> ...] [options]",
    discussion: "Example: parley list 'refusals/**'")

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  func run() throws {
    let repository = try Repository()
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let usable = try adapters.load(repository, site)
    let plan = try cases.plan(usable, try cases.examples(repository, adapters), isTapped: true).withoutMissing
    let lines = plan.entries.map { entry in
      entry.obstacle.map { "\(entry.name)  (\($0.reason))" } ?? entry.name.description
    }
    FileHandle.standardOutput.writeReport(lines.joined(separator: "\n") + "\n")
  }
}
