/// The suites, in the order of a run.
package enum Suite: String, CaseIterable, Sendable {
  case messages
  case slot
  case values
  case authentication
  case refusals
  case layout

  /// The channels on which the suite's scenarios may make sense.
  package func channels(_ breadth: Breadth) -> [Channel] {
    switch (self, breadth) {
    case (.values, .full): Channel.allValues
    case (.values, _): Channel.values
    case (_, .full): Channel.all
    default: Channel.usual
    }
  }

  package var scenarios: [Scenario] {
    switch self {
    case .messages: Self.messageScenarios
    case .slot: Self.slotScenarios
    case .values: Scenario.values
    case .authentication: Scenario.authentication
    case .refusals: Self.refusalScenarios
    case .layout: Scenario.layouts
    }
  }

  private static let messageScenarios: [Scenario] =
    [
      .greeting, .greetingWriterListens, .lettersInOrder, .thousandMessages, .requestReply, .halfClose, .endOfStream,
      .truncatedFrame, .carriageReturn, .oddName, .keptForFile, .receiveOverFile, .oneByteAtATime, .cutInPrefix,
      .cutInCharacter, .heldBack, .everyPlane, .everyByte, .emptyQueue,
      .silentPeer, .silentInFrame, .acceptTimeout,
    ] + Scenario.sizes

  private static let slotScenarios: [Scenario] = [
    .slotWriteRead, .slotShorterAfterLonger, .slotExactlyFull, .slotOneByteTooMany, .slotNulInText, .slotMissingFile,
    .slotEmptyFile, .slotShortFile, .slotImage,
  ]

  private static let refusalScenarios: [Scenario] = [
    .connectNobody, .connectStale, .listenTaken, .listenOverFile, .listenOverStale, .pathTooLong, .missingFifo,
    .oneDirection, .secondAccept, .halfCloseOneWay, .emptyAddress, .sendNoFile, .frameOverLimit, .hugeFrame,
    .wrongLengthSign, .garbage, .sendOverLimit, .lineFeedInLine, .unknownWords,
  ]
}
