import WireFormats

extension Scenario {
  package static let carriageReturn = Scenario(
    name: "carriage-return", summary: "a carriage return at the end of a line is part of the message",
    checks: { _ in [.lineCarriageReturn] }, applies: { $0.framing == .line },
    phases: { _, _ in
      let messages = ["\r", "hell\r"].map(Message.init)
      return [
        Phase(
          requirement: .lineCarriageReturn,
          steps: messages.map { .send(.writer, $0) } + messages.map { .receive(.reader, $0) })
      ]
    })
}
