package import Cases

extension Rung {
  /// The rules of the protocol that the rung checks, each once.
  package var requirements: [Requirement] {
    var seen: Set<Requirement> = []
    return all.filter { seen.insert($0).inserted }
  }

  private var all: [Requirement] {
    switch self {
    case .hello: [.helloReply, .transportNames, .framingNames, .codecNames, .severalCommandsAtOnce, .flushedReply]
    case .nonsense:
      Nonsense.always.map(\.requirement)
        + Nonsense.aboutListener(transport: "unix", address: "/x", framing: "line").map(\.requirement)
    case .output: [.nothingButReplies]
    case .ending: [.endOfInput, .lastLineWithoutLineFeed, .endRemovesSocketFiles]
    case .undeclared: [.undeclaredTransport, .undeclaredFraming, .undeclaredCodec]
    case .features: [.pingTime, .echoVerb, .layoutForm]
    case .manifest, .build, .transports, .framings, .others: []
    }
  }
}
