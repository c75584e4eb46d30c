import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases

/// The rules of blame, each on an observation made by hand: `w` writes to `r`.
@Suite struct JudgementTests {
  @Test func rightObservationIsNoFailure() throws {
    #expect(Judgement.finding(try .right()) == nil)
    #expect(Judgement.finding(Observation(adapters: [:], isTapped: true)) == nil)
  }

  // MARK: What ends a case

  @Test func interruptionIsNoFailure() throws {
    #expect(Judgement.finding(try .right { $0.incident = .interrupted }) == nil)
  }

  @Test func harnessIsBlamedForItself() throws {
    let failure = try judged { $0.incident = .harness("the disk is full") }
    #expect(failure.blame == .harness && failure.blamed == [] && failure.seen == "the disk is full")
  }

  @Test(arguments: Side.allCases)
  func lineThatIsNoReplyIsTheAdapters(_ side: Side) throws {
    let failure = try judged { $0.incident = .badLine(side, .banner, line: Array("Welcome".utf8)) }
    #expect(failure.blame == .adapter && failure.blamed == [side.who])
    #expect(failure.seen == "a line before the reply: \"Welcome\"")
  }

  @Test(arguments: Side.allCases)
  func untrueOkIsTheAdapters(_ side: Side) throws {
    let failure = try judged { $0.incident = .untrue(side, "nobody listens") }
    #expect(failure.blame == .adapter && failure.blamed == [side.who] && failure.seen == "nobody listens")
  }

  @Test(arguments: Side.allCases)
  func deathIsBlamedOnTheDeadWithWhatItWasDoing(_ side: Side) throws {
    let busy = try judged {
      $0.incident = .ended(side, .exited(3))
      $0.unanswer(side, from: 1)
    }
    #expect(busy.blame == side.blame && busy.blamed == [side.who])
    #expect(busy.seen == "\(side.who) exited with status 3 while it had this to do: \(side.message)")
    let idle = try judged { $0.incident = .ended(side, .exited(0)) }
    #expect(idle.seen == "\(side.who) exited with status 0 with nothing to do")
  }

  @Test func deathExplainsAWrongReplyOfTheOther() throws {
    let failure = try judged {
      $0.incident = .ended(.writer, .exited(3))
      $0.answer(.reader, 1, .ok([Field("end", "true")]))
    }
    #expect(failure.blame == .writer)
  }

  // MARK: Hangs

  @Test func readerThatHasEverythingAndDoesNotAnswerHangs() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 10)
      $0.unanswer(.reader, from: 1)
    }
    #expect(failure.blame == .reader && failure.blamed == ["r (reader)"])
    #expect(failure.expected == "an answer to every command within 10 s")
    #expect(
      failure.seen
        == "w (writer) idle, everything answered, 9 of 9 bytes written and 9 delivered; r (reader) blocked in: receive channel=c"
    )
  }

  @Test func writerThatDoesNotSendHangs() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 0.5)
      $0.unanswer(.writer, from: 1)
      $0.unanswer(.reader, from: 1)
      try $0.wrote([])
    }
    #expect(failure.blame == .writer)
    #expect(failure.expected == "an answer to every command within 0.5 s")
    #expect(
      failure.seen.contains(
        "w (writer) blocked in: send channel=c payload=68656c6c6f, 0 of 9 bytes written and 0 delivered"))
    #expect(failure.seen.contains("r (reader) blocked in: receive channel=c"))
  }

  @Test func writerThatSaysOkAndWroteTooLittleKeepsTheReaderWaiting() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 1)
      $0.unanswer(.reader, from: 1)
      try $0.wrote([0, 0, 0, 5, 0x68])
    }
    #expect(failure.blame == .writer && failure.code == "untrue-send")
    #expect(failure.seen.hasPrefix("w (writer) answered ok, and 5 of 9 bytes were written"))
  }

  @Test func writerWhoseWrongLengthKeepsTheReaderWaitingIsShownThatLength() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 1)
      $0.unanswer(.reader, from: 1)
      try $0.wrote([0, 0, 0, 6] + Array("hello".utf8))
    }
    #expect(failure.blame == .writer && failure.difference?.offset == 3)
    #expect(failure.difference?.field == "length prefix of message 1, byte 3")
  }

  @Test(arguments: Side.allCases)
  func sideThatDoesNotOpenHangsThoughTheOtherWaitsToo(_ side: Side) throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 1)
      $0.unanswer(side, from: 0)
      $0.unanswer(.reader, from: 1)
      try $0.wrote([])
    }
    #expect(failure.blame == side.blame && failure.seen.contains("\(side.who) blocked in: open channel=c"))
  }

  @Test func connectorThatNeverComesKeepsTheListenerInAccept() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 1)
      $0.exchanges[2].command = try .of("accept channel=c")
      $0.unanswer(.reader, from: 1)
      $0.unanswer(.writer, from: 0)
      try $0.wrote([])
    }
    #expect(failure.blame == .writer)
  }

  @Test func wrongReplyExplainsAHangBetterThanTheHang() throws {
    let failure = try judged {
      $0.incident = .deadline(seconds: 1)
      $0.answer(.writer, 1, .error(.internal, message: "no"))
      $0.unanswer(.reader, from: 1)
    }
    #expect(failure.blame == .writer && failure.seen == "error kind=internal (no)")
  }

  // MARK: Replies

  @Test func readerThatUnderstandsRightBytesWronglyIsToBlame() throws {
    let failure = try judged { $0.answer(.reader, 1, .payload("hellO")) }
    #expect(failure.blame == .reader && failure.blamed == ["r (reader)"])
    #expect(failure.expected == "receive channel=c answers the message \"hello\" (5 bytes)")
    #expect(failure.seen == "the message \"hellO\" (5 bytes)")
    #expect(failure.difference?.offset == 4 && failure.difference?.subject == "the message as r (reader) understood it")
  }

  @Test func writerWhoseBytesAreWrongIsToBlameForWhatTheReaderUnderstands() throws {
    let failure = try judged {
      $0.answer(.reader, 1, .payload("hellO"))
      try $0.wrote([0, 0, 0, 5] + Array("hellO".utf8))
    }
    #expect(failure.blame == .writer && failure.blamed == ["w (writer)"])
    #expect(failure.difference?.offset == 8 && failure.difference?.subject == "what w (writer) wrote")
  }

  @Test func writerThatEndsTooEarlyIsToBlameForTheReadersComplaint() throws {
    let failure = try judged {
      $0.answer(.reader, 1, .error(.truncated, message: "half"))
      try $0.wrote([0, 0, 0, 5, 0x68], hasEnded: true)
    }
    #expect(failure.blame == .writer && failure.expected == "w (writer) writes 9 bytes")
    #expect(failure.seen.hasPrefix("it ended the stream after 5, and r (reader) answered error kind=truncated"))
  }

  @Test func readerThatComplainsBeforeAnythingCameIsToBlame() throws {
    let failure = try judged {
      $0.answer(.reader, 1, .ok([Field("end", "true")]))
      try $0.wrote([])
    }
    #expect(failure.blame == .reader && failure.seen == "ok end=true")
  }

  @Test func errorInAnswerToSendIsTheWriters() throws {
    let failure = try judged { $0.answer(.writer, 1, .error(.internal, message: "oh")) }
    #expect(failure.blame == .writer && failure.seen == "error kind=internal (oh)")
    #expect(failure.expected == "send channel=c payload=68656c6c6f answers ok")
  }

  @Test func bothAreToBlameWhenNobodyCouldLook() throws {
    let failure = try judged {
      $0.isTapped = false
      $0.wires = []
      $0.answer(.reader, 1, .payload("hellO"))
    }
    #expect(failure.blame == .both && failure.blamed == ["w (writer)", "r (reader)"])
    #expect(failure.seen.contains("without the tap nobody can say whose fault it is"))
  }

  @Test(arguments: Side.allCases)
  func unsupportedInAnswerToWhatWasDeclaredIsTheAdapters(_ side: Side) throws {
    let failure = try judged { $0.answer(side, 0, .error(.unsupported, message: "no unix")) }
    #expect(failure.blame == .adapter && failure.blamed == [side.who])
    #expect(failure.seen == "unsupported in answer to open channel=c: no unix")
  }

  @Test func unsupportedInsteadOfAnotherErrorIsTheSides() throws {
    let failure = try judged {
      $0.exchanges[0].expectation = .error([.missing])
      $0.answer(.writer, 0, .error(.unsupported, message: "no"))
    }
    #expect(failure.blame == .writer && failure.expected == "open channel=c answers error kind=missing")
  }

  // MARK: Bytes and remains

  @Test func bothAgreeingAgainstTheVectorAreBothToBlame() throws {
    let failure = try judged { try $0.wrote([0, 0, 0, 4] + Array("hello".utf8)) }
    #expect(failure.blame == .both && failure.blamed == ["w (writer)", "r (reader)"])
    #expect(failure.seen == "both endpoints agree with each other, against the vector")
    #expect(failure.difference?.offset == 3)
  }

  @Test func writerOfBytesThatNobodyAskedForIsToBlame() throws {
    let failure = try judged { try $0.wrote([0, 0, 0, 5] + Array("hello".utf8) + [0]) }
    #expect(failure.blame == .writer && failure.expected == "9 bytes on the wire" && failure.seen == "10 bytes")
  }

  @Test func writerOfTooLittleIsToBlame() throws {
    let failure = try judged { try $0.wrote([0, 0, 0, 5] + Array("hell".utf8)) }
    #expect(failure.blame == .writer && failure.seen == "8 bytes")
  }

  @Test func slotAgainstTheVectorIsBoths() throws {
    let difference = ByteDifference.between([1], [2], subject: "s", source: "v")
    let failure = try judged { $0.slotDifference = difference }
    #expect(failure.blame == .both && failure.difference == difference)
  }

  @Test(arguments: Side.allCases)
  func whatASideStillHoldsIsTheAdapters(_ side: Side) throws {
    let failure = try judged { $0.leaks = [side: [.descriptor(7, target: "/tmp/x")], side.other: []] }
    #expect(failure.blame == .adapter && failure.blamed == [side.who])
    #expect(failure.seen == "\(side.who) still holds descriptor 7 (/tmp/x)")
  }

  // MARK: Values

  @Test func messageThatIsNotTheValueIsTheWritersThoughTheReaderHandsItOn() throws {
    let failure = try judged { $0.exchangeValue(raw: Array("[1]".utf8), decoded: nil) }
    #expect(failure.blame == .writer && failure.blamed == ["w (writer)"])
    #expect(failure.expected == "w (writer) sends a message that holds list:1,int:2")
    #expect(failure.seen == "one that holds list:1,int:1")
  }

  @Test func messageThatNeverWentByIsTheReaders() throws {
    for (wire, blame) in [("\0\0\0\u{3}[2]", Blame.reader), ("\0\0\0\u{3}[7]", .writer)] {
      let failure = try judged {
        $0.exchangeValue(raw: Array("[7]".utf8), decoded: nil)
        var comparison = WireComparison(nil)
        comparison.append(Array(wire.utf8)[...])
        $0.wires = [.init(sender: .writer, comparison: comparison, deliveredCount: 7, hasEnded: false)]
      }
      #expect(failure.blame == blame, "\(wire)")
    }
  }

  @Test func wrongMessageWithoutTheTapMayBeEithers() throws {
    let failure = try judged {
      $0.isTapped = false
      $0.exchangeValue(raw: Array("[7]".utf8), decoded: nil)
    }
    #expect(failure.blame == .both)
  }

  @Test func messageThatTheCodecCannotReadIsTheWriters() throws {
    let failure = try judged { $0.exchangeValue(raw: Array("[1".utf8), decoded: nil) }
    #expect(failure.blame == .writer && failure.seen.hasPrefix("5b31, which is no json: "))
  }

  @Test func bytesThatTheCodecLeavesNoChoiceInAreCompared() throws {
    let failure = try judged { $0.exchangeValue(raw: Array("[ 2]".utf8), decoded: nil, bytes: Array("[2]".utf8)) }
    #expect(failure.blame == .writer && failure.difference?.offset == 1)
  }

  @Test func wrongValueOfARightMessageIsTheReadersWithAndWithoutTheTap() throws {
    for isTapped in [true, false] {
      let failure = try judged {
        $0.isTapped = isTapped
        $0.exchangeValue(raw: Array("[2]".utf8), decoded: "list:1,int:3")
      }
      #expect(failure.blame == .reader && failure.blamed == ["r (reader)"])
      #expect(failure.seen == "the value list:1,int:3")
    }
  }

  @Test func setsAndMapsHaveNoOrder() throws {
    let value = try Value(tokens: "map:2,int:1,set:2,int:1,int:2,int:2,null")
    let reply = Reply.ok([Field("value", "map:2,int:2,null,int:1,set:2,int:2,int:1")])
    #expect(Cases.Expectation.value(value).mismatch(reply, fileContent: nil, subject: "r") == nil)
  }

  @Test func fileLeftBehindIsTheAdapters() throws {
    let failure = try judged { $0.leftovers = ["b0"] }
    #expect(failure.blame == .adapter && failure.seen == "left behind: b0")
  }

  private func judged(_ change: (inout Observation) throws -> Void) throws -> Failure {
    let observed = try Observation.right(change)
    let finding = try #require(Judgement.finding(observed))
    return Failure(finding, on: observed.channel, ProtocolPages([]), names: observed.name)
  }
}

extension Side {
  fileprivate var who: String { self == .writer ? "w (writer)" : "r (reader)" }
  fileprivate var blame: Blame { self == .writer ? .writer : .reader }
  fileprivate var message: String { self == .writer ? "send channel=c payload=68656c6c6f" : "receive channel=c" }
}

extension Command {
  fileprivate static func of(_ line: String) throws -> Command { try Command(parsing: Array(line.utf8)[...]) }
}

extension Reply {
  fileprivate static func payload(_ text: String) -> Reply { .ok([Field("payload", Hex.text(text.utf8))]) }
}

extension Observation {
  /// A greeting that went well, changed.
  ///
  /// Exchanges 0 and 1 are the writer's `open` and `send`, 2 and 3 the reader's `open`
  /// and `receive`.
  fileprivate static func right(_ change: (inout Observation) throws -> Void = { _ in }) throws -> Observation {
    var observed = Observation(
      adapters: [.writer: "w", .reader: "r"], channel: Channel(transport: .unix, framing: .multiprocessing),
      isTapped: true)
    let hello = Message("hello")
    for side in Side.allCases {
      let expectation = side == .writer ? Cases.Expectation.ok : .message(hello)
      observed.exchanges += [
        Exchange(side: side, command: try .of("open channel=c"), expectation: .ok, reply: .ok),
        Exchange(
          side: side, command: try .of(side.message), expectation: expectation,
          reply: side == .writer ? .ok : .payload("hello")),
      ]
    }
    try observed.wrote([0, 0, 0, 5] + hello.payload)
    try change(&observed)
    return observed
  }

  fileprivate mutating func wrote(_ bytes: [UInt8], hasEnded: Bool = false) throws {
    var comparison = WireComparison([try ExpectedFrame(prefix: [0, 0, 0, 5], payload: Array("hello".utf8), suffix: [])])
    comparison.append(bytes[...])
    wires = [
      Wire(sender: .writer, comparison: comparison, deliveredCount: bytes.count, hasEnded: hasEnded),
      Wire(sender: .reader, comparison: WireComparison([]), deliveredCount: 0, hasEnded: false),
    ]
  }

  /// Gives a side's exchange another reply.
  fileprivate mutating func answer(_ side: Side, _ number: Int, _ reply: Reply) {
    let index = (side == .writer ? 0 : 2) + number
    exchanges[index].reply = reply
    exchanges[index].mismatch = exchanges[index].expectation.mismatch(reply, fileContent: nil, subject: name(side))
  }

  /// The value `[2]` as JSON: the reader hands the message on, and then decodes one.
  fileprivate mutating func exchangeValue(raw: [UInt8], decoded: String?, bytes: [UInt8]? = nil) {
    wires = []
    let value = Value.list([2])
    add(
      "receive channel=c", .encoding(Encoding(value: value, codec: .json, bytes: bytes)),
      Field("payload", Hex.text(raw)))
    if let decoded { add("receive channel=c codec=json", .value(value), Field("value", decoded)) }
  }

  private mutating func add(_ command: String, _ expectation: Cases.Expectation, _ field: Field) {
    let reply = Reply.ok([field])
    exchanges.append(
      Exchange(
        side: .reader, command: (try? .of(command)) ?? Command(command), expectation: expectation, reply: reply,
        mismatch: expectation.mismatch(reply, fileContent: nil, subject: "r (reader)")))
  }

  /// Takes the replies of a side back, from one on.
  fileprivate mutating func unanswer(_ side: Side, from number: Int) {
    for index in number...1 { exchanges[(side == .writer ? 0 : 2) + index].reply = nil }
  }
}
