package import AdapterProtocol
package import WireFormats

/// What is done over a channel and what must be observed; written once, for every adapter.
package struct Scenario: Sendable {
  /// The last part of a case's name.
  package let name: String
  /// What the scenario shows, in a few words.
  package let summary: String
  /// Whether `--quick` takes it.
  package var isQuick = false
  /// Whether it means something only if the tap changes what is delivered.
  package var needsTap = false
  /// The optional verb that both endpoints must declare, if any.
  package var feature: String?
  /// Whether the scenario makes sense on a channel.
  package let applies: @Sendable (Channel) -> Bool
  /// What is done on a channel, in phases one after the other.
  package let phases: @Sendable (Channel, GoldenVectors) throws(HarnessError) -> [Phase]
}

/// One of the two endpoints of a pair.
package enum Side: String, Sendable, CaseIterable, Decodable {
  case writer
  case reader

  package var other: Side { self == .writer ? .reader : .writer }
}

/// A part of a scenario with a link of its own: both sides open, do the steps, and reset.
package struct Phase: Sendable {
  /// What the tap does to the bytes from writer to reader.
  package var delivery = Delivery.immediate
  /// Who listens, on a transport where one side does.
  package var listener = Side.reader
  /// The limit that both sides are given, in bytes; the protocol's default if nil.
  package var limit: Int?
  /// Further keys with which a side opens its channel.
  package var options: [Side: [Field]] = [:]
  /// What must come of a side's opening, its `accept` included; `ok` unless told otherwise.
  package var opening: [Side: Expectation] = [:]
  /// Whether both sides open the link before the steps.
  package var opensLink = true
  /// What happens, in order.
  ///
  /// Steps of one side follow each other; steps of two sides run side by side unless a barrier parts them.
  package var steps: [Step]
}

/// One thing that happens in a phase.
package enum Step: Sendable {
  /// A side sends a message.
  case send(Side, Message)
  /// A side is asked to send what it must refuse.
  case refuse(Side, Message, ErrorKind)
  /// A side receives, and must get this message.
  case receive(Side, Message)
  /// A side receives, and must be told of the end of the stream.
  case receiveEnd(Side)
  /// A side receives, and must report an error.
  case receiveFault(Side, ErrorKind)
  /// A side says that it will send no more.
  case finishSending(Side)
  /// A side opens a channel at a place that the runner has prepared.
  case open(Side, role: String, Place, Expectation)
  /// A side sends a value.
  case sendValue(Side, Value, format: String?)
  /// A side receives a value; the error is for a message that is none.
  case receiveValue(Side, Expectation, format: String?)
  /// A side receives the message of a value as it is, which shows what the other has made of the value.
  case receiveEncoded(Side, Encoding)
  /// Both sides tell how they lay a record out.
  case layout(GoldenVectors.Layout)
  /// A side is given a command as it stands.
  case command(Side, String, Expectation)
  /// Everything before must be answered first.
  case barrier
  /// The slot's file is made with this content.
  case makeSlot([UInt8])
  /// The slot's file must have this content.
  case checkSlot([UInt8])
}

/// A place that the runner prepares, so that something is wrong there.
package enum Place: Sendable {
  /// Nobody listens, and there is no file.
  case nowhere
  /// A socket file that its process has left behind.
  case stale
  /// The runner itself listens.
  case taken
  /// A path that no socket address holds.
  case tooLong
  /// Where the link is.
  case link
}

/// What a reply must be.
package enum Expectation: Equatable, Sendable {
  case ok
  case message(Message)
  /// Ok, with an equal value.
  case value(Value)
  /// Ok, with a message that holds a value.
  case encoding(Encoding)
  /// Ok, with these fields.
  case fields([Field])
  case end
  /// Any of these errors.
  case error(Set<ErrorKind>)
}

/// A value as a message.
package struct Encoding: Equatable, Sendable {
  package var value: Value
  package var codec: Codec
  package var format: String?
  /// The message's bytes, where the codec leaves no choice.
  package var bytes: [UInt8]?
}

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
      .truncatedFrame, .oneByteAtATime, .cutInPrefix, .cutInCharacter, .heldBack, .everyPlane, .everyByte, .emptyQueue,
    ] + Scenario.sizes

  private static let slotScenarios: [Scenario] = [
    .slotWriteRead, .slotShorterAfterLonger, .slotExactlyFull, .slotOneByteTooMany, .slotNulInText, .slotMissingFile,
    .slotEmptyFile, .slotShortFile, .slotImage,
  ]

  private static let refusalScenarios: [Scenario] = [
    .connectNobody, .connectStale, .listenTaken, .listenOverStale, .pathTooLong, .missingFifo, .frameOverLimit,
    .wrongLengthSign, .garbage, .sendOverLimit, .lineFeedInLine, .unknownWords,
  ]
}
