import AdapterProtocol
import Foundation
import WireFormats

/// The conversation with an example: an independent program, and an endpoint that gets the declaration's commands.
///
/// The steps are strictly sequential, because the program takes no commands.
package struct ExampleConversation: ConversationMachine {
  /// What only the runner can do.
  package enum Request: Sendable {
    /// Inspect both processes.
    case examine
    /// Check for the peer's leaks after its `reset`.
    case remains
  }

  private enum State {
    case step(Int)
    /// Waiting for what a step needs, since a time.
    case waiting(Int, Wait, since: Duration)
    case resetting(since: Duration)
    case examining(Finding)
    case closing
    case over
  }

  private enum Wait {
    case output(String)
    case reply(Expectation)
    case end(ExampleEnd)
  }

  /// What is wrong, or nil.
  package private(set) var finding: Finding?
  /// Whether the run was interrupted.
  package private(set) var isInterrupted = false
  /// The commands to the peer, and its replies.
  package private(set) var exchanges: [Observation.Exchange] = []
  /// The commands, the replies, and the program's input and output.
  package private(set) var transcript = TranscriptLines()
  /// What the processes were doing when the conversation hung.
  package var states: [Side: ProcessState] = [:]
  private let example: ExampleCase
  private let seconds: Double
  var placeholders: [String: String]
  private var state = State.step(0)
  private var dialogue = Dialogue()
  private var program = ProgramOutput()
  private var steps: [ConversationStep<Request>] = []

  /// Creates the conversation.
  ///
  /// - Parameters:
  ///   - example: the conversation's declaration, the program and its peer.
  ///   - placeholders: the values of names in braces.
  ///   - seconds: the timeout of each step in seconds.
  package init(_ example: ExampleCase, placeholders: [String: String], seconds: Double) {
    self.example = example
    self.placeholders = placeholders
    self.seconds = seconds
  }

  /// The program's side.
  package var programSide: Side { example.conversation.example }
  /// The peer's side.
  package var peerSide: Side { programSide.other }

  package var isOver: Bool { if case .over = state { true } else { false } }

  package mutating func interrupt() {
    isInterrupted = true
    state = .over
  }

  package var deadline: Duration? {
    let own: Duration? =
      switch state {
      case .waiting(_, _, let since), .resetting(let since): since + .seconds(seconds)
      case .step, .examining, .closing, .over: nil
      }
    return [own, program.deadline, dialogue.deadline].compactMap(\.self).min()
  }

  package mutating func take(_ event: ProcessEvent, from side: Side) {
    // A program that starts its peer has the peer's replies on standard output, and its own lines on standard error.
    if example.conversation.isStartingPeer {
      switch event {
      case .errorOutput(let bytes): program.append(bytes)
      case .ended(let end):
        program.finish(end)
        dialogue.take(event)
      case .output, .outputClosed: dialogue.take(event)
      }
    } else if side == peerSide {
      dialogue.take(event)
    } else {
      switch event {
      case .output(let bytes): program.append(bytes)
      case .outputClosed: program.close()
      case .ended(let end): program.finish(end)
      case .errorOutput: break
      }
    }
  }

  /// Takes the peer's leaks.
  package mutating func left(_ leaks: [Leak]) {
    if !leaks.isEmpty { finding = .leftBehind(peerSide, leaks) }
  }

  package mutating func next(at now: Duration) -> ConversationStep<Request>? {
    if !steps.isEmpty { return steps.removeFirst() }
    switch state {
    case .over: return nil
    case .step(let index): begin(index, at: now)
    case .waiting(let index, let wait, let since):
      guard check(wait, index, at: now) else { return timeOut(since, now, waitingFor: wait) }
    case .resetting(let since):
      guard checkReply(.ok, at: now) else { return timeOut(since, now, waitingFor: .reply(.ok)) }
      if finding == nil { steps.append(.request(.remains)) }
      state = .closing
    case .examining(let hang):
      finding = Hang.verdict(on: hang, program: programSide, programEnd: program.end, states)
      state = .over
      return nil
    case .closing:
      state = .over
      return nil
    }
    return next(at: now)
  }
}

extension ExampleConversation {
  // MARK: Steps

  private mutating func begin(_ index: Int, at now: Duration) {
    let declared = example.conversation.steps
    guard index < declared.count else {
      // Without a step `exit`, the program must exit with status 0.
      let needsEnd = !declared.contains { if case .exit = $0 { true } else { false } }
      if needsEnd, index == declared.count {
        wait(.end(.status(0)), index, at: now)
      } else {
        finish(at: now)
      }
      return
    }
    switch declared[index] {
    case .output(let pattern): wait(.output(filled(pattern, isPattern: true)), index, at: now)
    case .input(let line):
      transcript.append("\(example.program) < \(filled(line))")
      steps.append(.write(programSide, Array("\(filled(line))\n".utf8)))
      state = .step(index + 1)
    case .exit(let end): wait(.end(end), index, at: now)
    default:
      do {
        let (line, expectation) = try order(declared[index])
        if example.peer == nil {
          state = .step(index + 1)
        } else {
          issue(line, expecting: expectation, at: now)
          state = .waiting(index, .reply(expectation), since: now)
        }
      } catch {
        fail(.harness(error.message))
      }
    }
  }

  private mutating func wait(_ wait: Wait, _ index: Int, at now: Duration) {
    if case .end = wait, example.conversation.isStartingPeer { steps.append(.closeInput(peerSide)) }
    state = .waiting(index, wait, since: now)
  }

  private mutating func issue(_ line: String, expecting expectation: Expectation, at now: Duration) {
    let command = Command(line: line)
    transcript.append("\(example.peer ?? "") < \(Shortened.text(line))")
    dialogue.issued(exchanges.count, at: now)
    exchanges.append(Observation.Exchange(side: peerSide, command: command, expectation: expectation))
    steps.append(.write(peerSide, command.bytes + [0x0a]))
  }

  /// Resets the peer and checks it for leaks, as after every case.
  private mutating func finish(at now: Duration) {
    guard example.peer != nil, !example.conversation.isStartingPeer else {
      state = .over
      return
    }
    issue("reset", expecting: .ok, at: now)
    state = .resetting(since: now)
  }

  private mutating func fail(_ finding: Finding) {
    self.finding = finding
    state = .over
  }

  // MARK: Checks

  /// Whether a step has what it waits for; if so, goes on to the next step.
  private mutating func check(_ wait: Wait, _ index: Int, at now: Duration) -> Bool {
    let isThere: Bool
    switch wait {
    case .output(let pattern): isThere = checkOutput(pattern, at: now)
    case .reply(let expectation): isThere = checkReply(expectation, at: now)
    case .end(let end): isThere = checkEnd(end)
    }
    guard isThere else { return false }
    if case .waiting = state { state = .step(index + 1) }
    return true
  }

  private mutating func checkOutput(_ pattern: String, at now: Duration) -> Bool {
    guard let expression = try? Regex(pattern) else {
      fail(.harness("\"\(pattern)\" is not a regular expression"))
      return true
    }
    while let text = program.next() {
      transcript.append("\(example.program) > \(Shortened.text(text))")
      guard let found = text.wholeMatch(of: expression) else { continue }
      for group in found.output {
        if let name = group.name, let text = group.substring { placeholders[name] = String(text) }
      }
      return true
    }
    guard program.isOver(at: now) else { return false }
    fail(.noOutput(programSide, pattern: pattern, end: program.end))
    return true
  }

  private mutating func checkReply(_ expectation: Expectation, at now: Duration) -> Bool {
    guard let outcome = dialogue.next(at: now) else { return false }
    switch outcome {
    case .reply(let number, let reply, let line):
      transcript.append(
        "\(example.peer ?? "") > \(Shortened.text(String(decoding: line.prefix(400), as: UTF8.self)))")
      exchanges[number].reply = reply
      let mismatch = expectation.mismatch(reply, fileContent: nil, subject: name(peerSide))
      exchanges[number].mismatch = mismatch
      if mismatch != nil { fail(judged(exchanges[number])) }
    case .badLine(let fault, let line):
      transcript.append("\(example.peer ?? "") > \(Shortened.text(String(decoding: line, as: UTF8.self)))")
      fail(.badLine(peerSide, fault, line: line))
    case .ended(let end): fail(.ended(peerSide, end, doing: exchanges.last?.command))
    }
    return true
  }

  /// The finding for a wrong reply; if the message is wrong, only tests with other peers can show who is to blame.
  private func judged(_ exchange: Observation.Exchange) -> Finding {
    if let end = program.end, end != .exited(0), !example.conversation.isStartingPeer {
      return .endedBefore(programSide, end, exchange)
    }
    if case .ok = exchange.reply, exchange.isReceiving { return .undecided(exchange, .otherPeersTell(programSide)) }
    return .wrongReply(exchange)
  }

  private mutating func checkEnd(_ end: ExampleEnd) -> Bool {
    guard let seen = program.end else { return false }
    let isRight =
      switch (seen, end) {
      case (.exited(let seen), .status(let wanted)): seen == wanted
      case (.killed(let seen), .signal(let wanted)): seen == wanted
      default: false
      }
    if !isRight { fail(.otherEnd(programSide, expected: end, seen: seen)) }
    return true
  }

  private mutating func timeOut(
    _ since: Duration, _ now: Duration, waitingFor wait: Wait
  ) -> ConversationStep<Request>? {
    guard now - since >= .seconds(seconds) else { return nil }
    let hang: Finding =
      switch wait {
      case .output(let pattern): .silentProgram(programSide, waitingFor: .output(pattern), seconds: seconds)
      case .end(let end): .silentProgram(programSide, waitingFor: .end(end), seconds: seconds)
      case .reply: .silentPeer(peerSide, exchanges.last?.command, seconds: seconds)
      }
    state = .examining(hang)
    return .request(.examine)
  }

  /// An adapter or program with its side, such as `python (reader)`.
  package func name(_ side: Side) -> String {
    "\(side == programSide ? example.program : example.peer ?? "nobody") (\(side.rawValue))"
  }
}
