import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases

/// Who kept whom waiting: each question of ``Hang``, in its order, on observations made by hand.
@Suite struct HangTests {
  // MARK: The questions

  @Test func aWrongReplyExplainsTheHangBeforeAnythingElse() throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, .error(.internal, message: "no"))
      $0.states[.reader] = ProcessState(letter: "T")
    }
    #expect(finding.code == .wrongReply && finding.blame.0 == .writer)
  }

  @Test(arguments: Side.allCases, ["T", "t"] as [Character])
  func whoIsStoppedIsToBlameWhateverTheOtherDoes(_ side: Side, _ letter: Character) throws {
    let finding = try hang {
      $0.say(side.other, "receive channel=c", .end, nil)
      $0.states[side] = ProcessState(letter: letter)
    }
    #expect(finding.code == .stopped && finding.blame.1 == [side] && finding.requirement(on: nil) == nil)
  }

  @Test func whoWroteOtherBytesKeptTheOtherFromItsMessage() throws {
    let finding = try hang {
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
      try $0.wrote([0, 0, 0, 9] + Array("hello".utf8))
    }
    #expect(finding.code == .wrongBytes && finding.blame.1 == [.writer])
  }

  @Test func whoWroteMoreThanItWasToldIsToBlameAsReaderToo() throws {
    let finding = try hang {
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
      try $0.wrote(hello, back: [1, 2, 3])
    }
    #expect(finding.code == .surplusBytes && finding.blame.1 == [.reader])
  }

  @Test func okToASendThatIsNotWrittenIsUntrueEvenWhenTheSenderWaitsToo() throws {
    for waits in [false, true] {
      let finding = try hang {
        $0.say(.writer, "send channel=c", .ok, .ok)
        if waits { $0.say(.writer, "receive channel=c", .message(Message("answer")), nil) }
        $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
        try $0.wrote([])
      }
      #expect(finding.code == .untrueSend && finding.blame.1 == [.writer], "\(waits)")
    }
  }

  @Test func aSendOfThePhaseBeforeSaysNothingOfThisOne() throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, .ok)
      for side in Side.allCases { $0.say(side, "reset", .ok, .ok) }
      $0.say(.writer, "send channel=c", .ok, nil)
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
      try $0.wrote([])
    }
    #expect(finding.code == .silent && finding.blame.1 == [.writer])
  }

  @Test(arguments: [("close channel=c how=write", Requirement.halfClose), ("close channel=c", .closeForgets)])
  func okToACloseThatLeavesTheStreamOpenIsUntrue(_ close: String, _ rule: Requirement) throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, .ok)
      $0.say(.writer, close, .ok, .ok)
      $0.say(.reader, "receive channel=c", .end, nil)
    }
    #expect(finding.code == .untrueClose && finding.blame.1 == [.writer])
    #expect(finding.requirement(on: nil) == rule)
  }

  @Test func whoWritesWhereItShouldReadIsToBlameWhenBothWrite() throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, nil)
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
      for side in Side.allCases { $0.states[side] = ProcessState(letter: "S", systemCall: "write") }
      try $0.wrote([])
    }
    #expect(finding.code == .bothWrite && finding.blame.0 == .reader)
  }

  @Test func whenBothWereToldToSendBothAreToBlame() throws {
    let finding = try hang {
      for side in Side.allCases {
        $0.say(side, "send channel=c", .ok, nil)
        $0.states[side] = ProcessState(letter: "S", systemCall: "sendto")
      }
      try $0.wrote([])
    }
    #expect(finding.code == .bothWrite && finding.blame.0 == .both)
  }

  // MARK: Nothing but silence

  @Test func whoHasEverythingAndDoesNotAnswerIsSilent() throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, .ok)
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil, .receiveOneMessage)
    }
    #expect(finding.code == .silent && finding.blame.1 == [.reader])
    #expect(finding.requirement(on: nil) == .receiveOneMessage)
  }

  @Test func whoWaitsForTheEndThatHasComeIsSilent() throws {
    for hasEnded in [true, false] {
      let finding = try hang {
        $0.say(.writer, "send channel=c", .ok, .ok)
        if !hasEnded { $0.say(.writer, "close channel=c", .ok, nil) }
        $0.say(.reader, "receive channel=c", .end, nil)
        $0.wires[0].hasEnded = hasEnded
      }
      #expect(finding.code == .silent && finding.blame.1 == [hasEnded ? .reader : .writer], "\(hasEnded)")
    }
  }

  @Test func aListenerWaitsInAcceptForWhoDoesNotConnect() throws {
    let finding = try hang {
      $0.say(.reader, "accept channel=c", .ok, nil)
      $0.say(.writer, "open channel=c", .ok, nil)
      try $0.wrote([])
    }
    #expect(finding.code == .silent && finding.blame.1 == [.writer])
  }

  @Test func aFifoThatIsOpenBothWaysIsTheRuleOfItsSilence() throws {
    let finding = try hang {
      $0.say(.writer, "send channel=c", .ok, .ok)
      $0.say(.reader, "receive channel=c", .message(Message("hello")), nil)
      $0.states[.reader] = ProcessState(letter: "S", systemCall: "read", holdsFifoBothWays: true)
    }
    #expect(finding.requirement(on: nil) == .fifoOneDirection)
  }

  // MARK: Programs of examples

  @Test func aProgramIsStuckWhereItsPeerWaitsForIt() throws {
    let waits = ProcessState(letter: "S", systemCall: "recvfrom")
    let receive = try Command(parsing: Array("receive channel=c".utf8)[...])
    let silent = Finding.silentPeer(.reader, receive, seconds: 1)
    func code(_ end: ProcessEnd?, _ states: [Side: ProcessState]) -> FindingCode {
      Hang.verdict(on: silent, program: .writer, programEnd: end, states).code
    }
    #expect(code(nil, [.reader: waits]) == .stuckProgram)
    #expect(code(.exited(0), [.reader: waits]) == .silentPeer, "it has done its part")
    #expect(code(nil, [.reader: ProcessState(letter: "R")]) == .silentPeer, "the peer is busy")
    #expect(code(nil, [.reader: ProcessState(letter: "S", systemCall: "read", waitsForCommand: true)]) == .silentPeer)
    #expect(code(nil, [.reader: ProcessState(letter: "T")]) == .silentPeer)
    #expect(code(.exited(0), [.writer: ProcessState(letter: "T"), .reader: waits]) == .stuckProgram)
  }

  private func hang(_ change: (inout Observation) throws -> Void) throws -> Finding {
    var observed = Observation(
      adapters: [.writer: "w", .reader: "r"], channel: Channel(transport: .unix, framing: .multiprocessing),
      isTapped: true)
    try observed.wrote(hello)
    try change(&observed)
    observed.incident = .deadline(seconds: 1)
    return try #require(Judgement.finding(observed))
  }
}

private let hello: [UInt8] = [0, 0, 0, 5] + Array("hello".utf8)

extension Observation {
  /// Adds a command and what was answered.
  fileprivate mutating func say(
    _ side: Side, _ line: String, _ expectation: Cases.Expectation, _ reply: Reply?, _ requirement: Requirement? = nil
  ) {
    let command = Command(line: line)
    exchanges.append(
      Exchange(
        side: side, command: command, expectation: expectation, requirement: requirement, reply: reply,
        mismatch: reply.flatMap { expectation.mismatch($0, fileContent: nil, subject: name(side)) }))
  }

  /// Says what was written each way, where the writer had to send "hello" and the reader nothing.
  fileprivate mutating func wrote(_ bytes: [UInt8], back: [UInt8] = []) throws {
    var forward = WireComparison([try ExpectedFrame(prefix: [0, 0, 0, 5], payload: Array("hello".utf8), suffix: [])])
    forward.append(bytes[...])
    var backward = WireComparison([])
    backward.append(back[...])
    wires = [
      Wire(sender: .writer, comparison: forward, deliveredCount: bytes.count, hasEnded: false),
      Wire(sender: .reader, comparison: backward, deliveredCount: back.count, hasEnded: false),
    ]
  }
}
