package import AdapterProtocol
import Cases

/// An adapter, and whether it can be used on this machine.
package struct Adapter: Sendable {
  /// Whether an adapter can be used.
  package enum State: Sendable {
    /// It starts and answers `hello`.
    case ready(Declaration)
    /// Its toolchain is not installed; the command installs it.
    case missing(program: String, install: String)
    /// It is present, but does not build, start or answer.
    case broken(String)
  }

  /// The name in case names.
  package let name: String
  /// The name for display.
  package let title: String
  /// The path of the folder with its manifest.
  package let folder: String
  package let state: State
  /// The command that starts an endpoint; empty unless the adapter is ready.
  package let command: [String]

  package init(name: String, title: String, folder: String, state: State, command: [String]) {
    self.name = name
    self.title = title
    self.folder = folder
    self.state = state
    self.command = command
  }

  /// The program to start as an endpoint.
  package var program: Program { Program(name: name, command: command, folder: folder) }

  /// The command that starts an endpoint from the adapter's folder; nil unless the adapter is ready.
  package var startCommand: [String]? { declaration == nil ? nil : command }

  /// The adapter's declaration; nil unless the adapter is ready.
  package var declaration: Declaration? {
    if case .ready(let declaration) = state { declaration } else { nil }
  }
}
