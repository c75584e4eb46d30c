import ArgumentParser
import CPlatform
import Foundation

/// The command line: thin, every command in a file of its own.
@main
struct Parley: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parley",
    abstract: "Test whether programs in different languages can talk over local channels, and find the faulty side.",
    discussion: """
      Run the whole matrix:         parley run
      Run the cases of an adapter:  parley run --with python 'messages/unix+*/**'
      Show the adapters:            parley adapters
      """,
    version: "parley \(version)",
    subcommands: [
      RunCommand.self, ListCommand.self, AdaptersCommand.self, DriveCommand.self, ReportCommand.self,
      AdapterCommand.self, BaselineCommand.self, DiffCommand.self, MergeCommand.self, PlanCommand.self,
      TapCommand.self, IdentifyCommand.self, GuardCommand.self,
    ])

  static func main() {
    parley_open_standard_streams()
    parley_return_large_memory()
    parley_ignore_broken_pipe()
    var status: Int32 = 0
    var command: any ParsableCommand = Parley()
    do {
      try refuseUnknownSubcommand(Array(CommandLine.arguments.dropFirst()))
      command = try parseAsRoot()
      try command.run()
    } catch {
      status = Status.code(for: error, of: type(of: command))
    }
    if let problem = StandardOutput.problem {
      Status.complain(problem)
      status = Status.harness
    }
    Foundation.exit(status)
  }
}
