import AdapterProtocol
import WireFormats

extension Scenario {
  package static let sendOverLimit = Scenario(
    name: "send-over-limit", summary: "a message over the limit is refused and nothing is sent",
    checks: { _ in [.sendTooLarge] },
    applies: \.traits.carriesMessages,
    phases: { _, _ in
      let hello = Message("hello")
      return [
        Phase(
          limit: 5,
          steps: [.refuse(.writer, Message("hello!"), .tooLarge), .send(.writer, hello), .receive(.reader, hello)])
      ]
    })

  package static let lineFeedInLine = Scenario(
    name: "line-feed-in-line", summary: "a line cannot carry a line feed, and nothing is sent",
    checks: { _ in [.sendMalformed] },
    applies: { $0.framing == .line },
    phases: { _, _ in
      let hello = Message("hello")
      return [
        Phase(steps: [.refuse(.writer, Message("a\nb"), .malformed), .send(.writer, hello), .receive(.reader, hello)])
      ]
    })

  /// Once for each pair is enough: nothing of it depends on the channel.
  package static let unknownWords = Scenario(
    name: "unknown-words", summary: "unknown verbs, names and keys are refused, and the endpoint still works",
    checks: { _ in
      [
        .unknownVerb, .undeclaredTransport, .undeclaredFraming, .roleOfTransport, .missingKey, .unknownKey,
        .channelNotOpen, .repeatedKey, .livesOnAfterError,
      ]
    },
    applies: { $0.transport == .unix && $0.framing == .multiprocessing },
    phases: { _, _ in
      let commands: [(String, Set<ErrorKind>, Requirement)] = [
        ("dance channel=c", [.usage, .unsupported], .unknownVerb),
        (
          "open channel=c transport=carrier-pigeon role=listen address=x framing=line", [.unsupported],
          .undeclaredTransport
        ),
        (
          "open channel=c transport=tcp role=listen address=127.0.0.1:0 framing=smoke", [.unsupported],
          .undeclaredFraming
        ),
        ("open channel=c transport=tcp role=sing address=127.0.0.1:0 framing=line", [.unsupported], .roleOfTransport),
        ("open channel=c transport=tcp role=listen address=127.0.0.1:0", [.usage], .missingKey),
        ("hello colour=blue", [.usage], .unknownKey),
        ("send channel=c payload=00", [.usage], .channelNotOpen),
        ("receive channel=c channel=c", [.usage], .repeatedKey),
      ]
      let steps = Side.allCases.flatMap { side in
        commands.map { line, kinds, rule in Step.command(side, line, .error(kinds), rule) }
      }
      return [Phase(opensLink: false, steps: steps), .greeting]
    })
}
