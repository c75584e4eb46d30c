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
      try checkNames()
      for name in conversation.programNames where !conversation.startsLate(name) {
        try checkCommand(of: name, placeholders)
      }
      var channels = OpenedChannels()
      var program = ProgramSteps(conversation)
      for (index, step) in conversation.steps.enumerated() {
        let sentence = program.take(step) ?? placeholders.take(step) ?? channels.take(step) ?? step.wrongWord
        if let sentence { throw fault(["steps", "\(index)"], sentence) }
        for case .start(let name) in step.parts { try checkCommand(of: name, placeholders) }
      }
    }

    private func checkNames() throws(DeclarationFault) {
      for (name, program) in conversation.programs ?? [:] {
        if name == ExampleStep.mainProgram || name.wholeMatch(of: /[a-z][a-z0-9-]*/) == nil {
          throw fault(
            ["programs", name], "the name \"\(name)\" is not made of a-z, 0-9 and -, or is the main program's.")
        }
        if program.run.isEmpty { throw fault(["programs", name], "run is empty; it needs a program.") }
      }
    }

    /// Looks at what a program is started with: it can use the names that are known by then.
    private func checkCommand(of name: String?, _ placeholders: Placeholders) throws(DeclarationFault) {
      if let name {
        let program = conversation.programs?[name]
        for text in (program?.run ?? []) + (program?.environment ?? [:]).values {
          if let nope = placeholders.undefined(in: text) { throw fault(["programs", name], nope) }
        }
        return
      }
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
  /// The programs: nil for the main one, and the names of the others.
  fileprivate var programNames: [String?] { [nil] + (programs ?? [:]).keys.sorted() }

  /// Which keys do not go together; nil if all do.
  fileprivate var contradiction: String? {
    let owners = [
      isOnStandardStreams ? "stdio" : nil, inherit.map { _ in "inherit" }, isStartingPeer ? "starts-peer" : nil,
      isAlone ? "alone" : nil,
    ].compactMap(\.self)
    if owners.count > 1 { return "\(name) has \(owners.joined(separator: " and ")), which exclude each other." }
    if startsLate(), isStartingPeer { return "\(name) has starts-peer, so its program runs from the beginning." }
    return nil
  }
}

/// What the steps so far have done with the programs.
private struct ProgramSteps {
  private let hasStandardStreams: Bool
  private let hasOnlyErrors: Bool
  private let names: [String?]
  private var started: Set<String?>

  init(_ conversation: ExampleDeclaration.Conversation) {
    hasStandardStreams = !conversation.isOnStandardStreams
    hasOnlyErrors = conversation.isOnStandardStreams || conversation.isStartingPeer
    names = conversation.programNames
    started = Set(names.filter { !conversation.startsLate($0) })
  }

  /// What is wrong with a step; nil if nothing is.
  mutating func take(_ step: ExampleStep) -> String? {
    let program = step.otherProgram
    if !names.contains(program) {
      let known = names.map { $0 ?? ExampleStep.mainProgram }
      return "there is no program \"\(program ?? "")\"; \(NearestWord.advice(program ?? "", among: known))."
    }
    switch step {
    case .start:
      return started.insert(program).inserted ? nil : "the program is started already."
    case .output, .input, .stop, .exit:
      if !started.contains(program) { return "the program is not started yet; a later step starts it." }
      guard program == nil else { return nil }
      if !hasStandardStreams, case .input = step {
        return "the program's standard input is the channel; send a message instead."
      }
      if hasOnlyErrors, case .stop(.endOfInput, _) = step {
        return "the program's standard input is the channel's or the peer's; close the channel instead."
      }
      return nil
    case .within(_, let step): return take(step)
    case .together(let steps):
      for step in steps { if let sentence = take(step) { return sentence } }
      return nil
    default: return nil
    }
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
