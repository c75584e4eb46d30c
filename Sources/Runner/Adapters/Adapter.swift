package import AdapterProtocol
import Cases

/// A language or runtime that the matrix knows, and whether it can be used here.
package struct Adapter: Sendable {
  /// Whether an adapter can be used.
  package enum State: Sendable {
    /// It starts and answers.
    case ready(Declaration)
    /// Its toolchain is not on this machine; the command installs it.
    case missing(program: String, install: String)
    /// It is here, and does not build, start or answer.
    case broken(String)
  }

  /// The name in case names.
  package let name: String
  /// What people call it.
  package let title: String
  /// The folder with its manifest.
  package let folder: String
  /// Whether it can be used.
  package let state: State
  /// How an endpoint is started; empty unless the adapter is ready.
  package let command: [String]

  package init(name: String, title: String, folder: String, state: State, command: [String]) {
    self.name = name
    self.title = title
    self.folder = folder
    self.state = state
    self.command = command
  }

  /// What is started as an endpoint.
  package var program: Program { Program(name: name, command: command, folder: folder) }

  /// How an endpoint is started, from the adapter's folder; nil unless the adapter is ready.
  package var startCommand: [String]? { declaration == nil ? nil : command }

  /// What the adapter declares, if it is ready.
  package var declaration: Declaration? {
    if case .ready(let declaration) = state { declaration } else { nil }
  }
}
