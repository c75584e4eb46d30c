import AdapterProtocol
import WireFormats

extension Scenario {
  package static let connectNobody = Scenario(
    name: "connect-nobody", summary: "connecting where nobody listens",
    checks: { $0.traits.hasSocketFile ? [.connectMissing] : [.connectRefused] },
    applies: \.traits.hasMatrixListener,
    phases: { channel, _ in
      // A path has nothing at it; an abstract name and a port have nobody.
      let expectation = Expectation.error([channel.traits.hasSocketFile ? .missing : .refused])
      let rule: Requirement = channel.traits.hasSocketFile ? .connectMissing : .connectRefused
      return [refusal(.nowhere, "connect", expectation, rule), .greeting]
    })

  package static let connectStale = Scenario(
    name: "connect-stale", summary: "connecting to a socket file that its process left behind",
    checks: { _ in [.connectRefused] }, applies: \.traits.hasSocketFile,
    phases: { _, _ in [refusal(.stale, "connect", .error([.refused]), .connectRefused), .greeting] })

  package static let listenTaken = Scenario(
    name: "listen-taken", summary: "listening where somebody else does, who must not notice",
    checks: { $0.traits.hasSocketFile ? [.listenTaken, .quietProbe, .inUseUnlessRefused] : [.existsKind] },
    applies: \.traits.hasMatrixListener,
    phases: { channel, _ in
      [
        refusal(.taken, "listen", .error([.exists]), channel.traits.hasSocketFile ? .listenTaken : .existsKind),
        .greeting,
      ]
    })

  package static let listenOverFile = Scenario(
    name: "listen-over-file", summary: "listening at the path of an ordinary file, which must stay as it is",
    checks: { _ in [.listenOnOtherFile] }, applies: \.traits.hasSocketFile,
    phases: { _, _ in [refusal(.file, "listen", .error([.exists]), .listenOnOtherFile), .greeting] })

  package static let listenOverStale = Scenario(
    name: "listen-over-stale", summary: "listening at a socket file that its process left behind",
    checks: { _ in [.staleFile] },
    applies: \.traits.hasSocketFile, phases: { _, _ in [refusal(.stale, "listen", .ok, .staleFile), .greeting] })

  package static let pathTooLong = Scenario(
    name: "path-too-long", summary: "a path that no socket address holds is refused, not cut",
    checks: { _ in [.pathTooLong] }, applies: \.traits.hasSocketFile,
    phases: { _, _ in
      [
        refusal(.tooLong, "listen", .error([.usage]), .pathTooLong),
        refusal(.tooLong, "connect", .error([.usage]), .pathTooLong), .greeting,
      ]
    })

  package static let missingFifo = Scenario(
    name: "missing-fifo", summary: "opening a FIFO that is not there", checks: { _ in [.fifoMissing] },
    applies: { $0.transport == .fifo },
    phases: { _, _ in
      [
        Phase(
          opensLink: false,
          steps: [
            .open(.writer, role: "write", .nowhere, .error([.missing]), .fifoMissing),
            .open(.reader, role: "read", .nowhere, .error([.missing]), .fifoMissing),
          ]), .greeting,
      ]
    })

  /// One side after the other, so that both are tried at the same place; what is there is looked at after each.
  private static func refusal(
    _ place: Place, _ role: String, _ expectation: Expectation, _ rule: Requirement
  ) -> Phase {
    let steps = Side.allCases.flatMap { side -> [Step] in
      let opening = Step.open(side, role: role, place, expectation, rule)
      let after: Step = expectation == .ok ? .command(side, "reset", .ok, .resetForgets) : .checkPlace(side, place)
      return [opening, after, .barrier]
    }
    return Phase(opensLink: false, steps: steps)
  }
}

extension Transport.Traits {
  /// Whether the runner can listen and connect in an endpoint's place.
  fileprivate var hasMatrixListener: Bool { hasListener && content != .objects }
}
