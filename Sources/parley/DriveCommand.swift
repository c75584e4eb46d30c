import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The command `parley drive`.
struct DriveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drive", abstract: "Talk to an endpoint by hand: type commands, read replies, end with Ctrl-D.",
    discussion: """
      Example: printf 'hello\\n' | parley drive python
      On a terminal, the message, value or error of a reply is shown as text below it, and help lists the verbs.
      For a history of what was typed: rlwrap parley drive python
      interop/PROTOCOL.md describes the commands and has a sample session.
      """)

  @Argument(help: "The adapter's name.")
  var name: String

  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp("Add the adapter in this folder. May be repeated.", valueName: "path"))
  var folders: [String] = []

  func validate() throws { try AdapterFolders.check(folders) }

  func run() throws {
    let repository = try Repository()
    let command = try startCommand(repository)
    let isForPeople = isatty(1) == 1
    if isatty(0) == 1 {
      Status.complain("This is \(name). Try: \(isForPeople ? "help, or hello" : "hello"). Ctrl-D ends it.", prefix: "")
    }
    if isForPeople {
      let status = try DriveSession(name: name, command: command).run()
      if status != 0 { throw ExitCode(status) }
      return
    }
    // The endpoint takes this process's place, so nothing stands between it and the terminal.
    let arguments = command.map { strdup($0) } + [nil]
    // It is ignored here, and an endpoint must decide about it for itself.
    signal(SIGPIPE, SIG_DFL)
    execv(command[0], arguments)
    throw HarnessError("Cannot start \(command.joined(separator: " ")): \(String(cString: strerror(errno))).")
  }

  private func startCommand(_ repository: Repository) throws -> [String] {
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let adapter = try site.adapters(
      repository, outside: folders, only: [name], runtimes: RuntimeChoice(), deadline: EndpointProcess.startSeconds()
    ).first
    guard let adapter, let command = adapter.startCommand else {
      let state = adapter?.record
      throw HarnessError(
        "\(name) cannot be used: \(state?.problem ?? "")\(state?.cure.map { "; install it with: \($0)" } ?? "")")
    }
    guard FileManager.default.changeCurrentDirectoryPath(adapter.folder) else {
      throw HarnessError("Cannot enter \(adapter.folder).")
    }
    return command
  }
}
