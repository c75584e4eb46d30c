package import AdapterProtocol
import Cases
import Runner
package import WireFormats

/// A command that makes no sense, and how an honest endpoint refuses it.
package struct Nonsense: Sendable {
  /// What is wrong with it.
  package var title: String
  package var command: Command
  package var kinds: Set<ErrorKind>
  package var requirement: Requirement

  package init(_ title: String, _ command: String, _ kinds: ErrorKind..., breaking requirement: Requirement) {
    self.title = title
    self.command = Command(raw: command)
    self.kinds = Set(kinds)
    self.requirement = requirement
  }

  /// What every endpoint refuses, whatever it declares.
  package static let always: [Nonsense] = [
    Nonsense("an unknown verb", "dance channel=c", .usage, .unsupported, breaking: .usage),
    Nonsense("an empty line", "", .usage, breaking: .usage),
    Nonsense("a word without =", "hello you", .usage, breaking: .usage),
    Nonsense("an unknown key", "hello colour=blue", .usage, breaking: .usage),
    Nonsense("a repeated key", "receive channel=c channel=c", .usage, breaking: .repeatedKey),
    Nonsense("a missing key", "send channel=c", .usage, breaking: .usage),
    Nonsense("a bad percent-encoding", "receive channel=%zz", .usage, breaking: .usage),
    Nonsense("bytes that are no ASCII", "receive channel=é", .usage, breaking: .encoding),
    Nonsense("receive on a channel that is not open", "receive channel=c", .usage, breaking: .usage),
    Nonsense("send on a channel that is not open", "send channel=c payload=00", .usage, breaking: .usage),
    Nonsense("accept on a channel that is not open", "accept channel=c", .usage, breaking: .usage),
    Nonsense("close of a channel that is not open", "close channel=c", .usage, breaking: .usage),
    Nonsense(
      "open without a framing", "open channel=c transport=unix role=listen address=/x", .usage, breaking: .usage),
    Nonsense(
      "an unknown transport", "open channel=c transport=carrier-pigeon role=listen address=/x framing=line",
      .unsupported, breaking: .unsupported),
    Nonsense(
      "a command of more than 262144 bytes", "send channel=c payload=" + String(repeating: "00", count: 140_000),
      .usage,
      breaking: .longCommand),
  ]

  /// What is refused while a listener is open as channel c, by the words that opened it.
  package static func aboutListener(transport: String, address: String, framing: String) -> [Nonsense] {
    let other = "transport=\(transport) address=\(address) framing=\(framing)"
    return [
      Nonsense("a channel that is open already", "open channel=c role=listen \(other)", .usage, breaking: .usage),
      Nonsense("receive before accept", "receive channel=c", .usage, breaking: .beforeAccept),
      Nonsense("send before accept", "send channel=c payload=00", .usage, breaking: .beforeAccept),
      Nonsense(
        "a role that the transport does not have", "open channel=d role=sing \(other)", .unsupported,
        breaking: .unsupported),
      Nonsense(
        "an unknown framing", "open channel=d role=listen transport=\(transport) address=\(address) framing=smoke",
        .unsupported, breaking: .unsupported),
      Nonsense("a limit of 0", "open channel=d role=listen limit=0 \(other)", .usage, breaking: .limit),
      Nonsense(
        "a channel's name that is not one", "open channel=No! role=listen \(other)", .usage, breaking: .channelName),
      Nonsense("a payload that is not hexadecimal", "send channel=c payload=0g", .usage, breaking: .usage),
      Nonsense(
        "a way of closing that there is not", "close channel=c how=softly", .usage, .unsupported, breaking: .usage),
    ]
  }
}

extension Nonsense {
  /// The fault of a reply to it, or nil if it was refused as it must be.
  package func fault(_ reply: Reply) -> Fault? {
    if case .error(let kind, _) = reply, kinds.contains(kind) { return nil }
    let names = kinds.map(\.rawValue).sorted().joined(separator: " or ")
    let line = Expectation.shortened(reply.line)
    return Fault(
      title: title, expected: "error kind=\(names) in answer to \(Expectation.shortened(command.line, to: 80))",
      seen: "\(line)\n\(ByteDump.text(Array(line.utf8) + [0x0a]))", requirement: requirement)
  }
}
