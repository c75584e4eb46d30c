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
    /// The kernel object of which the program and its peer each inherit one end.
    package var inherit: Inheritance?
    package var startsPeer: Bool?
    package var alone: Bool?
    package var steps: [ExampleStep]

    package enum CodingKeys: String, CodingKey, CaseIterable {
      case name, example, arguments, fifos, inherit, alone, steps
      case startsPeer = "starts-peer"
    }

    /// Whether the program itself starts its peer.
    package var isStartingPeer: Bool { startsPeer ?? false }

    /// Whether there is no peer.
    package var isAlone: Bool { alone ?? false }
  }

  /// A kernel object with two ends to inherit.
  package enum Inheritance: String, Sendable, Decodable {
    case pipe
    case socketpair
  }

  package var title: String
  package var run: [String]
  package var language: String
  /// The oldest version of the runtime that can run the program, such as `3.8`.
  package var since: String?
  /// The command that installs the program, if it may be missing.
  package var install: String?
  package var conversations: [Conversation]

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case title, run, language, since, install, conversations
  }
}

extension ExampleDeclaration {
  /// Rejects an invalid declaration.
  ///
  /// - Parameter path: the declaration's path, for messages.
  /// - Throws: ``HarnessError`` with the fix.
  package func validate(_ path: String) throws(HarnessError) {
    guard language.wholeMatch(of: /[a-z][a-z0-9._]*/) != nil else {
      throw HarnessError(
        "\(path): the language \"\(language)\" is not of the form [a-z][a-z0-9._]*, such as \"python\".")
    }
    guard !run.isEmpty, !conversations.isEmpty else {
      throw HarnessError("\(path): run needs a program, and conversations at least one conversation.")
    }
    for (index, conversation) in conversations.enumerated() {
      try check(conversation, path)
      if conversations[..<index].contains(where: { $0.name == conversation.name && $0.example == conversation.example })
      {
        throw HarnessError("\(path): there are two conversations \"\(conversation.name)\"; rename one.")
      }
    }
  }

  private func check(_ conversation: Conversation, _ path: String) throws(HarnessError) {
    let name = conversation.name
    guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil else {
      throw HarnessError("\(path): the conversation's name \"\(name)\" is not made of a-z, 0-9 and -.")
    }
    let opensSomething = conversation.steps.contains { if case .open = $0 { true } else { false } }
    guard conversation.isAlone != opensSomething else {
      throw HarnessError(
        "\(path): the conversation \(name) "
          + (opensSomething
            ? "is alone, but its steps open a channel; leave one out."
            : "never opens a channel; add a step open, or alone: true for a program without a peer."))
    }
    for fifo in conversation.fifos ?? [] where fifo.contains("/") || fifo.hasPrefix(".") {
      throw HarnessError(
        "\(path): the FIFO \"\(fifo)\" of \(name) is made in the case's own folder; give a plain name.")
    }
    for case .output(let pattern) in conversation.steps where (try? Regex(pattern)) == nil {
      throw HarnessError("\(path): \"\(pattern)\" in the conversation \(name) is not a regular expression.")
    }
  }
}
