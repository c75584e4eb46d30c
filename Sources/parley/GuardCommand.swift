import ArgumentParser
import Cases
import Runner

/// `parley guard`, which a run starts for itself.
struct GuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard", abstract: "Clean up after a run that was killed.", shouldDisplay: false)

  @Argument var mark: String
  @Argument var workspace: String

  func run() { Guard.keep(mark: mark, workspace: workspace) }
}
