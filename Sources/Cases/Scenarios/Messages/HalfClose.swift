import AdapterProtocol

extension Scenario {
  package static let halfClose = Scenario(
    name: "half-close", summary: "the writer ends its direction, and still gets an answer",
    checks: {
      $0.traits.canHalfClose ? [.halfClose, .halfCloseReceives, .endOfStream] : [.closeForgets, .endOfStream]
    },
    applies: { $0.traits.hasEnd && ($0.traits.canHalfClose || !$0.traits.isDuplex) },
    phases: { _, _ in
      let (question, answer) = (Message("question"), Message("answer"))
      return [
        Phase(steps: [
          .send(.writer, question), .finishSending(.writer), .receive(.reader, question), .receiveEnd(.reader),
          .send(.reader, answer), .receive(.writer, answer),
        ])
      ]
    })
}
