import AdapterProtocol
import WireFormats

extension Scenario {
  package static let connectNobody = Scenario(
    name: "connect-nobody", summary: "connecting where nobody listens", applies: \.traits.isConnected,
    phases: { channel, _ in
      // A path has nothing at it; an abstract name and a port have nobody.
      let expectation = Expectation.error([channel.traits.hasSocketFile ? .missing : .refused])
      return [refusal(.nowhere, "connect", expectation), .greeting]
    })

  package static let connectStale = Scenario(
    name: "connect-stale", summary: "connecting to a socket file that its process left behind",
    applies: \.traits.hasSocketFile,
    phases: { _, _ in [refusal(.stale, "connect", .error([.refused])), .greeting] })

  package static let listenTaken = Scenario(
    name: "listen-taken", summary: "listening where somebody else does", applies: \.traits.isConnected,
    phases: { _, _ in [refusal(.taken, "listen", .error([.exists])), .greeting] })

  package static let listenOverStale = Scenario(
    name: "listen-over-stale", summary: "listening at a socket file that its process left behind",
    applies: \.traits.hasSocketFile, phases: { _, _ in [refusal(.stale, "listen", .ok), .greeting] })

  package static let pathTooLong = Scenario(
    name: "path-too-long", summary: "a path that no socket address holds is refused, not cut",
    applies: \.traits.hasSocketFile,
    phases: { _, _ in
      [refusal(.tooLong, "listen", .error([.usage])), refusal(.tooLong, "connect", .error([.usage])), .greeting]
    })

  package static let missingFifo = Scenario(
    name: "missing-fifo", summary: "opening a FIFO that is not there", applies: { $0.transport == .fifo },
    phases: { _, _ in
      [
        Phase(
          opensLink: false,
          steps: [
            .open(.writer, role: "write", .nowhere, .error([.missing])),
            .open(.reader, role: "read", .nowhere, .error([.missing])),
          ]), .greeting,
      ]
    })

  /// One side after the other, so that both are tried at the same place.
  private static func refusal(_ place: Place, _ role: String, _ expectation: Expectation) -> Phase {
    var steps = [Step.open(.writer, role: role, place, expectation)]
    if expectation == .ok { steps.append(.command(.writer, "reset", .ok)) }
    return Phase(opensLink: false, steps: steps + [.barrier, .open(.reader, role: role, place, expectation)])
  }
}
