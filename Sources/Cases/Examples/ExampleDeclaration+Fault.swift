import AdapterProtocol
import WireFormats

/// What is wrong with a declaration, and where.
package struct DeclarationFault: Error, Equatable {
  /// The keys that lead there, and the places of entries from 0.
  package var place: [String]
  /// What is wrong, and the cure.
  package var sentence: String
}

extension ExampleDeclaration {
  /// The first thing that is wrong; nil for a valid declaration.
  package var fault: DeclarationFault? {
    do {
      try check()
      return nil
    } catch {
      return error
    }
  }

  private func check() throws(DeclarationFault) {
    guard language.wholeMatch(of: /[a-z][a-z0-9._]*/) != nil else {
      throw DeclarationFault(
        place: ["language"],
        sentence: "the language \"\(language)\" is not of the form [a-z][a-z0-9._]*, such as \"python\".")
    }
    guard !run.isEmpty else { throw DeclarationFault(place: ["run"], sentence: "run is empty; it needs a program.") }
    guard !conversations.isEmpty else {
      throw DeclarationFault(place: ["conversations"], sentence: "conversations is empty; it needs at least one.")
    }
    for (index, conversation) in conversations.enumerated() {
      try Check(conversation, at: index).run()
      if conversations[..<index].contains(where: { $0.name == conversation.name && $0.example == conversation.example })
      {
        throw DeclarationFault(
          place: ["conversations", "\(index)", "name"],
          sentence: "there are two conversations \"\(conversation.name)\"; rename one.")
      }
    }
  }

  /// Looks at one conversation.
  private struct Check {
    let conversation: Conversation
    let place: [String]

    init(_ conversation: Conversation, at index: Int) {
      self.conversation = conversation
      place = ["conversations", "\(index)"]
    }

    func run() throws(DeclarationFault) {
      let name = conversation.name
      guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil else {
        throw fault(["name"], "the conversation's name \"\(name)\" is not made of a-z, 0-9 and -.")
      }
      let opensSomething = conversation.allSteps.contains { if case .open = $0 { true } else { false } }
      if conversation.isAlone, opensSomething {
        throw fault(["alone"], "the conversation \(name) is alone, but its steps open a channel; leave one out.")
      }
      if !conversation.isAlone, !opensSomething {
        throw fault(
          [],
          "the conversation \(name) never opens a channel; add a step open, or alone: true for a program without a peer."
        )
      }
      for (index, fifo) in (conversation.fifos ?? []).enumerated() where fifo.contains("/") || fifo.hasPrefix(".") {
        throw fault(
          ["fifos", "\(index)"],
          "the FIFO \"\(fifo)\" of \(name) is made in the case's own folder; give a plain name.")
      }
      if let sentence = conversation.contradiction { throw fault([], sentence) }
      var placeholders = Placeholders(conversation)
      if !conversation.startsLate { try checkCommand(placeholders) }
      var channels = OpenedChannels()
      var program = ProgramSteps(conversation)
      for (index, step) in conversation.steps.enumerated() {
        let sentence = program.take(step) ?? placeholders.take(step) ?? channels.take(step) ?? step.wrongWord
        if let sentence { throw fault(["steps", "\(index)"], sentence) }
        if step.parts.contains(where: { if case .start = $0 { true } else { false } }) {
          try checkCommand(placeholders)
        }
      }
    }

    /// Looks at what the program is started with: it can use the names that are known by then.
    private func checkCommand(_ placeholders: Placeholders) throws(DeclarationFault) {
      for (index, argument) in (conversation.arguments ?? []).enumerated() {
        if let nope = placeholders.undefined(in: argument, isArgument: true) {
          throw fault(["arguments", "\(index)"], nope)
        }
      }
      for (name, value) in conversation.environment ?? [:] {
        if let nope = placeholders.undefined(in: value) { throw fault(["environment", name], nope) }
      }
      if let nope = conversation.workingDirectory.flatMap({ placeholders.undefined(in: $0) }) {
        throw fault(["working-directory"], nope)
      }
    }

    private func fault(_ place: [String], _ sentence: String) -> DeclarationFault {
      DeclarationFault(place: self.place + place, sentence: sentence)
    }
  }
}

extension ExampleDeclaration.Conversation {
  /// Which keys do not go together; nil if all do.
  fileprivate var contradiction: String? {
    let owners = [
      isOnStandardStreams ? "stdio" : nil, inherit.map { _ in "inherit" }, isStartingPeer ? "starts-peer" : nil,
      isAlone ? "alone" : nil,
    ].compactMap(\.self)
    if owners.count > 1 { return "\(name) has \(owners.joined(separator: " and ")), which exclude each other." }
    if startsLate, isStartingPeer { return "\(name) has starts-peer, so its program runs from the beginning." }
    return nil
  }
}

/// What the steps so far have done with the program.
private struct ProgramSteps {
  private let isOnStandardStreams: Bool
  private let hasOnlyErrors: Bool
  private var isStarted: Bool

  init(_ conversation: ExampleDeclaration.Conversation) {
    isOnStandardStreams = conversation.isOnStandardStreams
    hasOnlyErrors = conversation.isOnStandardStreams || conversation.isStartingPeer
    isStarted = !conversation.startsLate
  }

  /// What is wrong with a step; nil if nothing is.
  mutating func take(_ step: ExampleStep) -> String? {
    switch step {
    case .start where isStarted: return "the program is started already."
    case .start: isStarted = true
    case .output, .input, .stop, .exit:
      if !isStarted { return "the program is not started yet; a later step starts it." }
      if isOnStandardStreams, case .input = step {
        return "the program's standard input is the channel; send a message instead."
      }
      if hasOnlyErrors, case .stop(.endOfInput) = step {
        return "the program's standard input is the channel's or the peer's; close the channel instead."
      }
    case .within(_, let step): return take(step)
    case .together(let steps):
      for step in steps { if let sentence = take(step) { return sentence } }
    default: break
    }
    return nil
  }
}

/// The channels that the steps so far have opened.
private struct OpenedChannels {
  private var names: Set<String> = []
  /// A raw command may open anything.
  private var isKnown = true

  /// What is wrong with a step; nil if nothing is.
  mutating func take(_ step: ExampleStep) -> String? {
    let name: String
    switch step {
    case .open(let fields):
      names.insert(ExampleStep.fields(fields).first { $0.key == "channel" }?.value ?? "c")
      return nil
    case .command:
      isKnown = false
      return nil
    case .accept(let channel), .close(let channel), .halfClose(let channel): name = channel
    case .send(let message), .receive(let message): name = message.channel
    case .quiet(let channel, _): name = channel
    case .call(let call): name = call.channel ?? "c"
    case .within(_, let step): return take(step)
    case .together(let steps):
      for step in steps { if let sentence = take(step) { return sentence } }
      return nil
    case .start, .wait, .output, .input, .stop, .exit: return nil
    }
    guard isKnown, !names.contains(name), !name.contains("{") else { return nil }
    let known = names.isEmpty ? "none is open yet" : NearestWord.advice(name, among: names.sorted())
    return "the channel \"\(name)\" is not opened by an earlier step; \(known)."
  }
}
