import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley list`.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the names of the planned cases, or the rules of the protocol and the cases that check them.",
    usage: "parley list [<glob> ...] [--suites | --requirements [--journal <path>]] [options]",
    discussion: """
      Example: parley list refusals
      Example: parley list --requirements --journal run.jsonl
      A case that is planned and cannot be run is followed by the reason.
      """)

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  @Flag(help: "Print the suites instead, each with its number of cases and channels.")
  var suites = false

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
    if suites, requirements { throw ValidationError("--suites and --requirements exclude each other.") }
    guard journal != nil else { return }
    if !requirements { throw ValidationError("--journal goes with --requirements.") }
    if cases.quick || cases.full || !cases.with.isEmpty || !cases.exampleFiles.isEmpty {
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
    if suites {
      FileHandle.standardOutput.writeReport(Self.table(plan.entries.map(\.name)))
      return
    }
    let lines = plan.entries.map { entry in
      entry.obstacle.map { "\(entry.name)  (\($0.reason))" } ?? entry.name.description
    }
    FileHandle.standardOutput.writeReport(lines.joined(separator: "\n") + "\n")
  }

  /// The suites in the plan's order.
  private static func table(_ names: [CaseName]) -> String {
    let suites = names.reduce(into: [String]()) {
      if !$0.contains($1.suite) { $0.append($1.suite) }
    }
    let bySuite = Dictionary(grouping: names, by: \.suite)
    let rows = suites.map { suite in
      let names = bySuite[suite] ?? []
      return [suite, String(names.count), String(Set(names.map(\.channel)).count)]
    }
    return TextTable(header: ["suite", "cases", "channels"], rows: rows).text
  }
}
