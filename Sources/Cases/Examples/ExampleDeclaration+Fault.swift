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
      let opensSomething = conversation.steps.contains { if case .open = $0 { true } else { false } }
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
      var placeholders = Placeholders(conversation)
      for (index, argument) in (conversation.arguments ?? []).enumerated() {
        if let nope = placeholders.undefined(in: argument, isArgument: true) {
          throw fault(["arguments", "\(index)"], nope)
        }
      }
      var channels = OpenedChannels()
      for (index, step) in conversation.steps.enumerated() {
        let sentence = placeholders.take(step) ?? channels.take(step) ?? step.wrongWord
        if let sentence { throw fault(["steps", "\(index)"], sentence) }
      }
    }

    private func fault(_ place: [String], _ sentence: String) -> DeclarationFault {
      DeclarationFault(place: self.place + place, sentence: sentence)
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
    case .call(let call): name = call.channel ?? "c"
    case .output, .input, .exit: return nil
    }
    guard isKnown, !names.contains(name), !name.contains("{") else { return nil }
    let known = names.isEmpty ? "none is open yet" : NearestWord.advice(name, among: names.sorted())
    return "the channel \"\(name)\" is not opened by an earlier step; \(known)."
  }
}
