import AdapterProtocol
import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley adapters`.
struct AdaptersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapters", abstract: "Show each adapter with its runtime, or with the command that installs it.",
    usage: "parley adapters [options]",
    discussion:
      "Example: parley adapters --adapter ~/my-adapter\nExit status: 0 all installed adapters work, 1 one does not."
  )

  @Flag(help: "Print the tables of interop/LANGUAGES.md: what each installed adapter declares.")
  var markdown = false

  @OptionGroup var adapters: AdapterOptions

  func run() throws {
    let repository = try Repository()
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let usable = try adapters.load(repository, site)
    if markdown {
      for adapter in usable where adapter.declaration == nil {
        Status.complain("\(adapter.name) has no row: \(adapter.record.problem ?? "it is not installed").")
      }
      FileHandle.standardOutput.writeReport(LanguageTable(usable).markdown)
      if usable.contains(where: \.isBroken) { throw ExitCode(Status.failed) }
      return
    }
    let rows = usable.map { adapter -> [String] in
      switch adapter.state {
      case .ready(let declaration):
        [adapter.name, declaration.runtime, declaration.transports.joined(separator: " ")]
      case .missing(let program, let install): [adapter.name, "✗ \(program) is missing", "install it with: \(install)"]
      case .broken: [adapter.name, "✗ cannot be used", "see below"]
      }
    }
    var text = TextTable(header: ["adapter", "runtime", "transports"], rows: rows).text
    for adapter in usable {
      if case .broken(let problem) = adapter.state { text += "\n\(adapter.name): \(problem)\n" }
    }
    FileHandle.standardOutput.writeReport(text)
    if usable.contains(where: \.isBroken) { throw ExitCode(Status.failed) }
  }
}

extension Adapter {
  fileprivate var isBroken: Bool {
    if case .broken = state { true } else { false }
  }
}
