import AdapterProtocol
package import Cases
import WireFormats

extension Rung {
  /// The rules that the rung checks of an adapter that declares everything.
  ///
  /// What the scenarios of the rungs from `transports` on check, the scenarios say themselves.
  package var requirements: [Requirement] {
    switch self {
    case .manifest, .build, .transports, .framings, .others: []
    case .hello: [.helloReply, .helloLists, .transportNames, .framingNames, .codecNames, .limitNames, .flushedReply]
    case .nonsense: Self.nonsenseRules
    case .output: [.oneReplyALine, .nothingButReplies, .replyGrammar, .replyLineFeed]
    case .ending: [.endOfInput, .endRemovesSocketFiles, .lastLineWithoutLineFeed, .endWhileWaiting, .terminated]
    case .undeclared: [.undeclaredTransport, .undeclaredFraming, .undeclaredCodec, .undeclaredVerb, .limitIsThere]
    case .features:
      Self.refusals + [.timeoutElsewhere, .echoVerb, .pingVerb, .pingTime, .layoutVerb, .layoutForm]
    }
  }

  private static let nonsenseRules: [Requirement] = {
    let listener = Nonsense.aboutListener(transport: Transport.reference.rawValue, address: "/x", framing: "line")
    let rules = (Nonsense.always + Nonsense.lines + listener).map(\.requirement)
    return (rules + [.severalCommandsAtOnce, .livesOnAfterError, .replyEncoding, .percentReading, .plusIsPlus]).once
  }()

  private static let refusals: [Requirement] = {
    let everything = Declaration(
      language: "any", runtime: "any", transports: Transport.allCases.map(\.rawValue),
      framings: Framing.allCases.map(\.rawValue), codecs: Codec.allCases.map(\.rawValue),
      features: Ladder.knownFeatures + Ladder.optionsAndCalls)
    let stages = NonsenseStage.stages(everything, folder: "/x", file: "/x/file")
    return stages.flatMap(\.refused).map(\.requirement).once
  }()
}
