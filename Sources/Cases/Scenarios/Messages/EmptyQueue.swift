import AdapterProtocol

extension Scenario {
  package static let emptyQueue = Scenario(
    name: "empty-queue", summary: "a queue that is empty says so at once, and when the time is over",
    checks: { _ in [.queueEmpty] },
    applies: { $0.transport == .managerQueue },
    phases: { _, _ in
      let empty = Expectation.fields([Field("empty", "true")])
      let hello = Message("hello")
      return [
        Phase(steps: [
          .command(.reader, "receive channel=c timeout=0", empty),
          .command(.reader, "receive channel=c timeout=20", empty), .barrier, .send(.writer, hello),
          .receive(.reader, hello),
        ])
      ]
    })
}
