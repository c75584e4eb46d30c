import ArgumentParser
import Cases

extension Parley {
  /// Refuses a word that stands where a subcommand should, with the nearest one.
  ///
  /// The parser would call it an unexpected argument: it looks for near words among options only.
  ///
  /// - Throws: a usage error.
  static func refuseUnknownSubcommand(_ arguments: [String]) throws {
    guard let mistake = unknownSubcommand(arguments) else { return }
    throw mistake
  }

  private static func unknownSubcommand(_ arguments: [String]) -> UnknownSubcommand? {
    var command: any ParsableCommand.Type = Parley.self
    for word in arguments {
      let subcommands: [any ParsableCommand.Type] = command.configuration.subcommands
      if subcommands.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      let names = subcommands.map { $0.configuration.commandName ?? "" }
      if let index = names.firstIndex(of: word) {
        command = subcommands[index]
        continue
      }
      let known = subcommands.filter { $0.configuration.shouldDisplay }.map { $0.configuration.commandName ?? "" }
      let advice = NearestWord.advice(word, among: known)
      let message = "\(path(to: command)) has no subcommand \"\(word)\"; \(advice)."
      return UnknownSubcommand(message: "Error: \(message)\n\(usage(of: command))")
    }
    return nil
  }

  /// A word that is no subcommand.
  struct UnknownSubcommand: Error {
    /// What is wrong, and the usage of the command that lacks it.
    var message: String
  }

  /// The lines below a mistake: how the command is used, and where more is said.
  static func usage(of command: any ParsableCommand.Type) -> String {
    "Usage: \(usageString(for: command))\n  See '\(path(to: command)) --help' for more information."
  }

  /// The words that name a command, such as `parley baseline update`.
  private static func path(to command: any ParsableCommand.Type) -> String {
    func words(_ parent: any ParsableCommand.Type) -> [String]? {
      let name = parent.configuration.commandName ?? ""
      if parent == command { return [name] }
      return parent.configuration.subcommands.lazy.compactMap(words).first.map { [name] + $0 }
    }
    return (words(Parley.self) ?? ["parley"]).joined(separator: " ")
  }
}
