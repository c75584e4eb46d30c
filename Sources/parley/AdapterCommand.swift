import ArgumentParser

/// The command `parley adapter`.
struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter", abstract: "Create a new adapter, and check it.",
    discussion: """
      Example: parley adapter new ruby --template python && parley adapter check ruby
      interop/README.md is the tutorial.
      """,
    subcommands: [AdapterNewCommand.self, AdapterCheckCommand.self])
}
