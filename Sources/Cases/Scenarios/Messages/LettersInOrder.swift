import AdapterProtocol

extension Scenario {
  package static let lettersInOrder = Scenario(
    name: "letters-in-order", summary: "the notes' A, B, C, in order",
    checks: { _ in [.receiveOneMessage, .severalCommandsAtOnce] }, applies: \.traits.carriesMessages,
    phases: { _, _ in
      let letters = ["A", "B", "C"].map(Message.init)
      return [Phase(steps: letters.map { .send(.writer, $0) } + letters.map { .receive(.reader, $0) })]
    })
}
