import AdapterProtocol
import Cases
import Runner
import WireFormats

/// A command that makes no sense, and how an honest endpoint refuses it.
struct Nonsense: Sendable {
  /// What is wrong with it.
  var title: String
  var command: Command
  var kinds: Set<ErrorKind>
  /// The reply, where it is no refusal: what only looks like nonsense.
  var answer: Reply?
  var requirement: Requirement

  /// A command that must be obeyed, and its reply.
  init(_ title: String, _ command: String, answers reply: Reply, by requirement: Requirement) {
    self.init(title, command, breaking: requirement)
    answer = reply
  }

  init(_ title: String, _ command: String, _ kinds: ErrorKind..., breaking requirement: Requirement) {
    self.title = title
    self.command = Command(raw: command)
    self.kinds = Set(kinds)
    self.requirement = requirement
  }

  /// What every endpoint refuses, whatever it declares.
  static let always: [Nonsense] = [
    Nonsense("an unknown verb", "dance channel=c", .usage, .unsupported, breaking: .unknownVerb),
    Nonsense("an empty line", "", .usage, breaking: .commandGrammar),
    Nonsense("a word without =", "hello you", .usage, breaking: .commandGrammar),
    Nonsense("an unknown key", "hello colour=blue", .usage, breaking: .unknownKey),
    Nonsense("a repeated key", "receive channel=c channel=c", .usage, breaking: .repeatedKey),
    Nonsense("a missing key", "send channel=c", .usage, breaking: .missingKey),
    // Whoever decodes it anyway finds an unknown transport.
    Nonsense(
      "a bad percent-encoding", "open channel=c transport=carrier-pigeon role=listen address=/x%zz framing=line",
      .usage, breaking: .badPercentEncoding),
    Nonsense("bytes that are no ASCII", "receive channel=é", .usage, breaking: .unencodedByte),
    Nonsense("receive on a channel that is not open", "receive channel=c", .usage, breaking: .channelNotOpen),
    Nonsense("send on a channel that is not open", "send channel=c payload=00", .usage, breaking: .channelNotOpen),
    Nonsense("accept on a channel that is not open", "accept channel=c", .usage, breaking: .channelNotOpen),
    Nonsense("close of a channel that is not open", "close channel=c", .usage, breaking: .channelNotOpen),
    Nonsense(
      "open without a framing", "open channel=c transport=unix role=listen address=/x", .usage, breaking: .missingKey),
    Nonsense(
      "an unknown transport", "open channel=c transport=carrier-pigeon role=listen address=/x framing=line",
      .unsupported, breaking: .undeclaredTransport),
    Nonsense(
      "a command of more than 262144 bytes", "send channel=c payload=" + String(repeating: "00", count: 140_000),
      .usage,
      breaking: .tooLongCommand),
  ]

  /// What is refused while a listener is open as channel c, by the words that opened it.
  static func aboutListener(transport: String, address: String, framing: String) -> [Nonsense] {
    let other = "transport=\(transport) address=\(address) framing=\(framing)"
    return [
      Nonsense(
        "a channel that is open already", "open channel=c role=listen \(other)", .usage, breaking: .channelOpenAlready),
      Nonsense("receive before accept", "receive channel=c", .usage, breaking: .beforeAccept),
      Nonsense("send before accept", "send channel=c payload=00", .usage, breaking: .beforeAccept),
      Nonsense("a timeout of 86400001", "accept channel=c timeout=86400001", .usage, breaking: .timeoutRange),
      Nonsense(
        "a role that the transport does not have", "open channel=d role=sing \(other)", .unsupported,
        breaking: .roleOfTransport),
      Nonsense(
        "an unknown framing", "open channel=d role=listen transport=\(transport) address=\(address) framing=smoke",
        .unsupported, breaking: .undeclaredFraming),
      Nonsense("a limit of 0", "open channel=d role=listen limit=0 \(other)", .usage, breaking: .limitRange),
      Nonsense(
        "a channel's name that is not one", "open channel=No! role=listen \(other)", .usage, breaking: .channelName),
      Nonsense("a payload that is not hexadecimal", "send channel=c payload=0g", .usage, breaking: .hexReading),
      Nonsense(
        "an unknown value of how", "close channel=c how=softly", .usage, .unsupported, breaking: .unknownHow),
    ]
  }
}

extension Nonsense {
  /// What is wrong with a reply to it, or nil if it was refused as it must be.
  func trouble(_ reply: Reply) -> Trouble? {
    if let answer {
      return answer == reply ? nil : .otherReply(title, to: command, expected: answer.line, reply, requirement)
    }
    if case .error(let kind, _) = reply, kinds.contains(kind) { return nil }
    let names = kinds.map(\.rawValue).sorted().joined(separator: " or ")
    return .otherReply(title, to: command, expected: "error kind=\(names)", reply, requirement)
  }
}
