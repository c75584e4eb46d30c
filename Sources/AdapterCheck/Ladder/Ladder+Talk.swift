import AdapterProtocol
import Cases
import Foundation
import Runner
import WireFormats

/// The rungs that need no peer: nonsense and silence.
extension Ladder {
  func talkNonsense() throws {
    let conversation = try talk()
    var count = 0
    func refused(_ list: [Nonsense]) throws {
      for nonsense in list {
        let reply = try conversation.ask(nonsense.command)
        if let trouble = nonsense.trouble(reply) { throw conversation.fault(trouble) }
        count += 1
      }
    }
    try refused(Nonsense.always)
    if let listener = listener() {
      _ = try obeyed(listener.command, conversation, .openReplyWhenReady)
      try refused(
        Nonsense.aboutListener(
          transport: Transport.reference.rawValue, address: listener.address, framing: listener.framing))
      try readPath(conversation, framing: listener.framing)
      _ = try obeyed(Command("reset"), conversation, .resetForgets)
    }
    try refused(Nonsense.lines)
    try severalAtOnce(conversation)
    pass("\(count) commands, each with the right kind; it lives on")
  }

  /// Two commands in one write, the second one in two pieces.
  private func severalAtOnce(_ conversation: Talk) throws {
    let hello = Command("hello")
    let first = conversation.tell(hello, as: Array("hello\nhel".utf8))
    _ = try conversation.reply(to: first)
    let second = conversation.tell(hello, as: Array("lo\n".utf8))
    do {
      _ = try conversation.reply(to: second)
    } catch {
      var fault = error
      if case .silent = error.trouble { (fault.requirement, fault.cure) = (.severalCommandsAtOnce, nil) }
      throw fault
    }
  }

  /// Everything else has looked for surplus bytes too: here they would show that come late, or on `reset`.
  func listen() throws {
    let conversation = try talk()
    for command in ["hello", "reset", "dance", "reset"] {
      _ = try conversation.ask(Command(command))
      try conversation.checkSilence()
    }
    // How it ends is the next rung's.
    _ = try conversation.finish()
    pass("nothing but replies")
  }

  /// Asks for something that must work.
  func obeyed(_ command: Command, _ conversation: Talk, _ requirement: Requirement) throws -> Reply {
    let reply = try conversation.ask(command)
    if case .ok = reply { return reply }
    throw conversation.fault(.otherReply(command.verb, to: command, expected: "ok", reply, requirement))
  }

  /// A way to listen, if the adapter declares one that makes a file.
  func listener() -> (command: Command, address: String, framing: String)? {
    guard let declaration = adapter?.declaration, declaration.transports.contains(Transport.reference.rawValue),
      let framing = declaration.framings.first(where: { $0 != "none" })
    else { return nil }
    let address = "\(site.workspace.path)/listener"
    let command = Command(
      "open",
      [
        Field("channel", "c"), Field("transport", Transport.reference.rawValue), Field("role", "listen"),
        Field("address", address),
        Field("framing", framing),
      ])
    return (command, address, framing)
  }
}
