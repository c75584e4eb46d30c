import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases

/// A case from its first command to its verdict, with two endpoints that are nothing but their lines.
@Suite struct CaseConversationTests {
  @Test func aGreetingIsToldInItsOrderAndIsRight() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok", "accept": "ok", "send": "ok", "receive": "ok payload=68656c6c6f", "reset": "ok"])
    #expect(play.said[.writer] == ["open", "send", "reset"])
    #expect(play.said[.reader] == ["open", "accept", "receive", "reset"])
    #expect(
      play.asked == [
        "begin 0", "open reader", "opened reader", "open writer", "opened writer", "check visitor reader", "end",
        "remains",
      ])
    let observed = play.conversation.observation
    #expect(observed.exchanges.allSatisfy { $0.mismatch == nil && $0.reply != nil } && observed.incident == nil)
    #expect(play.conversation.isOver && Judgement.finding(observed) == nil)
  }

  @Test func aWrongReplyStopsTheCaseAfterALookAtWhoDied() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok", "accept": "ok", "send": "ok", "receive": "ok payload=00"])
    #expect(!play.conversation.isOver, "a peer that dies shows first as an error of the other side")
    let deadline = try #require(play.conversation.deadline)
    play.step(at: deadline)
    #expect(play.conversation.isOver && play.asked.last == "end")
    #expect(play.finding?.code == .wrongReply)
  }

  @Test func aDeathMeanwhileIsTheReasonOfTheWrongReply() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok", "accept": "ok", "send": "ok", "receive": "ok end=true"])
    play.conversation.take(.ended(.killed(signal: 9)), from: .writer)
    play.step(at: .zero)
    #expect(play.conversation.isOver && play.finding?.code == .ended)
  }

  @Test func aDeathEndsTheCaseAtOnce() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok", "accept": "ok", "send": "ok"])
    play.conversation.take(.ended(.exited(3)), from: .reader)
    play.step(at: .zero)
    #expect(play.conversation.isOver)
    guard case .ended(.reader, .exited(3), let command)? = play.finding else {
      Issue.record("\(String(describing: play.finding))")
      return
    }
    #expect(command?.verb == "receive")
  }

  @Test func aDeadlineIsNotMissedByAMomentAndThenBothAreLookedAt() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok", "accept": "ok", "send": "ok"])
    let deadline = try #require(play.conversation.deadline)
    #expect(deadline == .seconds(10))
    play.step(at: deadline)
    #expect(!play.conversation.isOver, "exactly in time")
    play.step(at: deadline + .milliseconds(1))
    #expect(play.conversation.isOver && play.asked.suffix(2) == ["examine", "end"])
    #expect(play.conversation.observation.incident == .deadline(seconds: 10))
  }

  @Test func aLongMessageMayTakeASecondForEachMebibyte() throws {
    let message = Message(length: 16 << 20)
    var play = try Play(Phase(steps: [.send(.writer, message), .receive(.reader, message)]))
    play.run([:])
    #expect(play.conversation.deadline == .seconds(26))
  }

  @Test func aMessageInAFileIsReadBeforeItIsJudged() throws {
    let message = Message(length: 1 << 20)
    for (content, isRight) in [(message.payload, true), (message.payload + [0], false), ([], false)] {
      var play = try Play(Phase(steps: [.send(.writer, message), .receive(.reader, message)]))
      play.content = content
      play.run([
        "open": "ok", "accept": "ok", "send": "ok", "receive": "ok length=\(content.count)", "reset": "ok",
      ])
      #expect(play.asked.contains("content"))
      let received = try #require(play.conversation.observation.exchanges.first { $0.isReceiving })
      #expect((received.mismatch == nil) == isRight, "\(content.count) bytes")
    }
  }

  @Test func nothingIsToldBeforeABarrierIsReached() throws {
    let hello = Message("hello")
    var play = try Play(Phase(steps: [.send(.writer, hello), .barrier, .receive(.reader, hello)]))
    play.run(["open": "ok", "accept": "ok"])
    #expect(play.said[.writer]?.last == "send" && play.said[.reader] == ["open", "accept"])
    play.run(["send": "ok"])
    #expect(play.said[.reader]?.last == "reset" && play.said[.reader]?.contains("receive") == true)
  }

  @Test func aLineThatNobodyAskedForIsSeenAtTheEndToo() throws {
    var play = try Play(.greeting)
    play.trailing = "ok\n"
    play.run(["open": "ok", "accept": "ok", "send": "ok", "receive": "ok payload=68656c6c6f", "reset": "ok"])
    #expect(play.finding?.code == .badLine)
  }

  @Test(arguments: [Codec.json, .pickle, .structure])
  func aReaderThatRefusesEachFormatStaysUntilTheWriterHasSent(_ codec: Codec) throws {
    let channel = Channel(transport: .unix, framing: .u32le, codec: codec)
    let scenario = try #require(Scenario.values.first { $0.name == "bad-messages" })
    let phase = try #require(try scenario.phases(channel, .golden()).first)
    var play = try Play(phase, on: channel)
    play.receives = phase.steps.compactMap { step in
      switch step {
      case .receiveValue(_, .value(let value), _): "ok value=\(value.tokens)"
      case .receiveValue(_, .error(let kinds), _): "error kind=\(kinds.first?.rawValue ?? "") message=no"
      default: nil
      }
    }
    play.run(["open": "ok", "accept": "ok"])
    #expect(play.receives.isEmpty && play.said[.reader]?.last == "receive", "the writer's sends have no reply yet")
    play.run(["send": "ok", "reset": "ok"])
    #expect(play.said[.reader]?.last == "reset" && play.conversation.isOver && play.finding == nil)
  }

  @Test func anInterruptionIsNoFailure() throws {
    var play = try Play(.greeting)
    play.run(["open": "ok"])
    play.conversation.interrupt()
    play.step(at: .zero)
    #expect(play.conversation.isOver && play.finding == nil)
  }
}

/// A conversation with endpoints that answer each verb with a line.
private struct Play {
  var conversation: CaseConversation
  /// The verbs that each side was told.
  var said: [Side: [String]] = [:]
  /// What the surroundings were asked.
  var asked: [String] = []
  /// What is in the file of a message.
  var content: [UInt8] = []
  /// The replies to the commands `receive`, if they differ.
  var receives: [String] = []
  /// What comes behind the last reply.
  var trailing = ""
  private var waiting: [(side: Side, verb: String)] = []

  init(
    _ phase: Phase, on channel: Channel = Channel(transport: .unix, framing: .multiprocessing)
  ) throws {
    let paths = CaseScript.Paths(folder: "/nowhere") { message in "/nowhere/\(message.payload.count)" }
    var script = try CaseScript(phase, on: channel, vectors: .golden(), paths: paths)
    script.prepend([
      .open(.reader, .forward), .barrier, .open(.writer, .forward), .accept(.reader), .barrier,
    ])
    let observation = Observation(adapters: [.writer: "w", .reader: "r"], channel: channel, isTapped: true)
    conversation = CaseConversation([script], observation: observation, seconds: 10)
  }

  var finding: Finding? { Judgement.finding(conversation.observation) }

  /// Goes on until nothing more happens; a verb without an answer is left waiting.
  mutating func run(_ answers: [String: String]) {
    step(at: .zero)
    while let index = waiting.firstIndex(where: { next in
      hasAnswer(next.verb, answers) && waiting.first { $0.side == next.side }?.verb == next.verb
    }) {
      let (side, verb) = waiting.remove(at: index)
      let isLast = verb == "reset" && waiting.isEmpty
      let reply = verb == "receive" && !receives.isEmpty ? receives.removeFirst() : answers[verb] ?? ""
      let line = "\(reply)\n\(isLast ? trailing : "")"
      conversation.take(.output(Array(line.utf8)[...]), from: side)
      step(at: .zero)
    }
  }

  private func hasAnswer(_ verb: String, _ answers: [String: String]) -> Bool {
    answers[verb] != nil || (verb == "receive" && !receives.isEmpty)
  }

  /// Does everything that is wanted at a time.
  mutating func step(at now: Duration) {
    while let step = conversation.next(at: now) {
      switch step {
      case .write(.side(let side), let bytes):
        let verb = String(decoding: bytes, as: UTF8.self).prefix { $0 != " " && $0 != "\n" }
        said[side, default: []].append(String(verb))
        waiting.append((side, String(verb)))
      case .request(let request): answer(request, at: now)
      case .write, .closeInput, .signal, .kill: asked.append("\(step)")
      }
    }
  }

  private mutating func answer(_ request: CaseConversation.Request, at now: Duration) {
    switch request {
    case .beginPhase(let number): asked.append("begin \(number)")
    case .open(let side, let name, let expectation):
      asked.append("open \(side)")
      conversation.issue(Command("open"), to: side, expecting: expectation, as: name, at: now)
    case .opened(let side, _, _): asked.append("opened \(side)")
    case .checkVisitor(let side): asked.append("check visitor \(side)")
    case .content(let exchange, _):
      asked.append("content")
      conversation.received(content, in: exchange)
    case .examine: asked.append("examine")
    case .endPhase: asked.append("end")
    case .remains: asked.append("remains")
    default: asked.append("\(request)")
    }
  }
}
