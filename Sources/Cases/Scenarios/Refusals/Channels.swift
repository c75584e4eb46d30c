import AdapterProtocol
import WireFormats

extension Scenario {
  package static let secondAccept = Scenario(
    name: "second-accept", summary: "a channel that has its peer accepts no other",
    checks: { _ in [.secondAccept] }, applies: \.traits.isConnected,
    phases: { _, _ in
      let refused = Step.command(.reader, "accept channel=c", .error([.usage]), .secondAccept)
      return [Phase(steps: [refused, .barrier] + Phase.greeting.steps)]
    })

  package static let halfCloseOneWay = Scenario(
    name: "half-close-one-way", summary: "a channel that cannot be half-closed says so, and still works",
    checks: { _ in [.halfCloseUnsupported] },
    applies: { !$0.traits.canHalfClose && $0.traits.carriesMessages },
    phases: { _, _ in
      let refused = Step.command(.writer, "close channel=c how=write", .error([.unsupported]), .halfCloseUnsupported)
      return [Phase(steps: [refused, .barrier] + Phase.greeting.steps)]
    })

  package static let oneDirection = Scenario(
    name: "one-direction", summary: "a FIFO is opened for reading only, or for writing only",
    checks: { _ in [.fifoOneDirection] }, applies: { $0.transport == .fifo },
    phases: { _, _ in
      [Phase(steps: Phase.greeting.steps + Side.allCases.map { .checkPlace($0, .link) })]
    })

  package static let emptyAddress = Scenario(
    name: "empty-address", summary: "an empty address is refused", checks: { _ in [.emptyAddress] },
    applies: { !$0.traits.carriesOnlyValues },
    phases: { channel, _ in
      let (listening, connecting) = channel.traits.roles.names
      // A queue's other key, so that only the address is wrong.
      let key = channel.traits.content == .objects ? " authkey=6b6579" : ""
      func opening(_ role: String) -> String {
        "open channel=d transport=\(channel.transport.rawValue) role=\(role) address= framing=\(channel.framing.rawValue)\(key)"
      }
      let steps = [(Side.writer, connecting), (.reader, listening)].map { side, role in
        Step.command(side, opening(role), .error([.usage]), .emptyAddress)
      }
      return [Phase(opensLink: false, steps: steps)]
    })

  package static let sendNoFile = Scenario(
    name: "send-no-file", summary: "what is no regular file is not sent, and nothing waits for it",
    checks: { _ in [.sendNoRegularFile, .sendMissingFile] }, applies: \.traits.carriesMessages,
    phases: { _, _ in
      let refused = [
        ("{folder}", Set<ErrorKind>([.usage]), Requirement.sendNoRegularFile),
        ("/dev/null", [.usage], .sendNoRegularFile),
        ("{folder}/unread", [.usage], .sendNoRegularFile), ("{folder}/absent", [.missing], .sendMissingFile),
      ].map { path, kinds, rule in Step.command(.writer, "send channel=c file=\(path)", .error(kinds), rule) }
      return [Phase(steps: [.makeFifo("unread")] + refused + [.barrier] + Phase.greeting.steps)]
    })
}
