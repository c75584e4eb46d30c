import AdapterProtocol

extension Scenario {
  package static let thousandMessages = Scenario(
    name: "thousand-messages", summary: "a thousand numbered messages in order", isLong: true,
    checks: { _ in [.receiveOneMessage] }, applies: \.traits.carriesMessages,
    phases: { _, _ in
      let messages = (1...1000).map { number in
        Message("message " + String(repeating: "0", count: 4 - String(number).count) + String(number))
      }
      return [Phase(steps: messages.flatMap { [.send(.writer, $0), .receive(.reader, $0)] })]
    })
}
