public import AdapterProtocol

/// A language or runtime that the matrix knows, and whether it can be used here.
public struct Adapter: Sendable {
  /// Whether an adapter can be used.
  public enum State: Sendable {
    /// It starts and answers.
    case ready(Declaration)
    /// Its toolchain is not on this machine; the command installs it.
    case missing(program: String, install: String)
    /// It is here, and does not build, start or answer.
    case broken(String)
  }

  /// The name in case names.
  public let name: String
  /// What people call it.
  public let title: String
  /// The folder with its manifest.
  public let folder: String
  /// Whether it can be used.
  public let state: State
  /// How an endpoint is started; empty unless the adapter is ready.
  let command: [String]

  /// How an endpoint is started, from the adapter's folder; nil unless the adapter is ready.
  public var startCommand: [String]? { declaration == nil ? nil : command }

  /// What the adapter declares, if it is ready.
  public var declaration: Declaration? {
    if case .ready(let declaration) = state { declaration } else { nil }
  }
}
