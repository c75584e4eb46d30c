import AdapterProtocol

extension Scenario {
  package static let oddName = Scenario(
    name: "odd-name", summary: "a path with +, a blank, an é and %41, which is read as it is",
    checks: { _ in [.percentReading, .plusIsPlus] },
    applies: { $0.traits.address == .socketPath || $0.traits.address == .fifoPath },
    phases: { _, _ in
      // One after the other, so that a failure tells which of the two was misread.
      [("+", Requirement.plusIsPlus), (" é%41", .percentReading)].map { suffix, rule in
        var phase = Phase.greeting
        phase.nameSuffix = suffix
        phase.requirement = rule
        return phase
      }
    })
}
