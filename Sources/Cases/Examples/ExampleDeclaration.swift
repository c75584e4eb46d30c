/// An example's declaration: a program independent of Parley, and the conversations that a peer must have with it.
///
/// `interop/notes/README.md` describes every key.
package struct ExampleDeclaration: Sendable, Decodable {
  /// One conversation.
  package struct Conversation: Sendable, Decodable {
    /// The last part of the case's name.
    package var name: String
    /// The program's side in the pair.
    package var example: Side
    package var arguments: [String]?
    package var fifos: [String]?
    /// Variables that the program has besides those of the run.
    package var environment: [String: String]?
    /// The program's working directory; the declaration's folder if nil.
    package var workingDirectory: String?
    /// The kernel object of which the program and its peer each inherit one end.
    package var inherit: Inheritance?
    /// Programs besides the main one, by name: a broker, for example.
    package var programs: [String: ExampleProgram]?
    package var startsPeer: Bool?
    package var stdio: Bool?
    package var alone: Bool?
    package var steps: [ExampleStep]

    package enum CodingKeys: String, CodingKey, CaseIterable {
      case name, example, arguments, fifos, environment, programs, inherit, stdio, alone, steps
      case workingDirectory = "working-directory"
      case startsPeer = "starts-peer"
    }

    /// Whether the program itself starts its peer.
    package var isStartingPeer: Bool { startsPeer ?? false }

    /// Whether the program's standard input and output are the channel.
    package var isOnStandardStreams: Bool { stdio ?? false }

    /// Every step, those included that are part of others.
    package var allSteps: [ExampleStep] { steps.flatMap(\.parts) }

    /// Whether a step starts the program, or another one; otherwise it runs from the beginning.
    package func startsLate(_ program: String? = nil) -> Bool {
      allSteps.contains { if case .start(let name) = $0 { name == program } else { false } }
    }

    /// Whether there is no peer.
    package var isAlone: Bool { alone ?? false }
  }

  /// A program besides the main one.
  package struct ExampleProgram: Sendable, Decodable {
    /// The program and its arguments.
    package var run: [String]
    package var environment: [String: String]?

    package enum CodingKeys: String, CodingKey, CaseIterable { case run, environment }
  }

  /// A kernel object with two ends to inherit.
  package enum Inheritance: String, Sendable, Decodable, CaseIterable {
    case pipe
    case socketpair
  }

  package var title: String
  package var run: [String]
  package var language: String
  /// The oldest version of the runtime that can run the program, such as `3.8`.
  package var since: String?
  /// Other programs on `PATH` without which it cannot run.
  package var needs: [String]?
  /// The command that installs the program, if it may be missing.
  package var install: String?
  package var conversations: [Conversation]

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case title, run, language, since, needs, install, conversations
  }
}
