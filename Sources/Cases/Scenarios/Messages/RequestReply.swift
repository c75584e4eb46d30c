import AdapterProtocol

extension Scenario {
  package static let requestReply = Scenario(
    name: "request-reply", summary: "three requests, each answered before the next",
    checks: { _ in [.sendReplyWhenTaken] },
    applies: \.traits.carriesMessages,
    phases: { _, _ in
      let rounds = (1...3).flatMap { number -> [Step] in
        let (request, reply) = (Message("request \(number)"), Message("reply \(number)"))
        return [
          .send(.writer, request), .receive(.reader, request), .send(.reader, reply), .receive(.writer, reply),
        ]
      }
      return [Phase(steps: rounds)]
    })
}
