import AdapterProtocol

extension Scenario {
  /// The rules that every case checks in which both sides open a channel, whatever else it does.
  package static func common(_ channel: Channel) -> [Requirement] {
    [
      .oneReplyALine, .severalCommandsAtOnce, .flushedReply, .nothingButReplies, .replyGrammar, .replyLineFeed,
      .longestReply, .declaredWorks, .openReplyWhenReady, .resetForgets, .resetDescriptors, .resetChildren,
      .transport(channel.transport), .framing(channel.framing),
    ] + (channel.traits.hasSocketFile ? [.resetSocketFiles] : []) + (channel.traits.isMapped ? [.resetMappings] : [])
      + (channel.codec.map { [.codec($0)] } ?? []) + linked(channel.transport)
  }

  /// The rules without which the tap, which stands between the two sides, would not be found.
  private static func linked(_ transport: Transport) -> [Requirement] {
    switch transport {
    case .tcp: [.chosenAddress]
    case .unixAbstract: [.abstractExactName]
    case .dotnetPipe: [.dotnetPipePath]
    case .pipe: [.inheritedIsOwned]
    case .socketpair: [.inheritedIsOwned, .socketpairBothWays]
    case .fileCell: [.cellWords, .cellMade, .cellSendOrder, .cellReceiveOrder]
    case .sharedMemory: [.memoryName, .memorySend, .memoryReceive, .memoryRemoved]
    case .managerQueue: [.queueServed, .queuePut, .queueGet]
    default: []
    }
  }

  /// Every rule that a case on a channel checks, each once.
  package func requirements(on channel: Channel) -> [Requirement] {
    let checked = checks(channel)
    let kinds = checked.compactMap { Self.kinds[$0] }
    return (checked + kinds + (kinds.isEmpty ? [] : [.kindOfTheTable]) + Self.common(channel)).once
  }

  /// The kind of error that is seen where a rule is checked.
  private static let kinds: [Requirement: Requirement] = [
    .sendTooLarge: .tooLargeKind, .frameTooLarge: .tooLargeKind, .slotTooLong: .tooLargeKind,
    .sendMalformed: .malformedKind, .messageNotRead: .malformedKind, .slotNul: .malformedKind,
    .slotShort: .malformedKind, .connectRefused: .refusedKind, .connectMissing: .missingKind,
    .fifoMissing: .missingKind, .sendMissingFile: .missingKind, .slotMissing: .missingKind, .listenTaken: .existsKind,
    .listenOnOtherFile: .existsKind, .authkeyWrong: .authenticationKind, .authkeyBroken: .authenticationKind,
    .undeclaredTransport: .unsupportedKind, .halfCloseUnsupported: .unsupportedKind, .secondAccept: .usageKind,
    .pathTooLong: .usageKind, .timeoutAnswer: .timeoutKind,
  ]
}
