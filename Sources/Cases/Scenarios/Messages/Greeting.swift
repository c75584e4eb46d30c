import AdapterProtocol

extension Scenario {
  package static let greeting = Scenario(
    name: "greeting", summary: "one short message", isQuick: true,
    checks: { _ in [.sendPayload, .receivePayload] }, applies: \.traits.carriesMessages,
    phases: { _, _ in [.greeting] })

  package static let greetingWriterListens = Scenario(
    name: "greeting-writer-listens", summary: "one short message from the side that listens",
    checks: { _ in [.acceptWaits, .openReplyWhenReady] }, applies: \.traits.isConnected,
    phases: { _, _ in
      var phase = Phase.greeting
      phase.listener = .writer
      return [phase]
    })
}

extension Phase {
  /// One short message: also what shows that an endpoint still works after a fault.
  package static var greeting: Phase {
    let hello = Message("hello")
    return Phase(steps: [.send(.writer, hello), .receive(.reader, hello)])
  }
}
