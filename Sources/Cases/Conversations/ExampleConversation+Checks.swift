import AdapterProtocol
import WireFormats

/// Whether a step has what it waits for, and what is wrong if not.
extension ExampleConversation {
  /// Whether a step has all that it waits for; if so, goes on to the next step.
  mutating func check(
    _ waits: [Wait], _ index: Int, _ since: Duration, _ seconds: Double, at now: Duration
  ) -> Bool {
    if now >= nextLook, waits.contains(where: { $0.place != nil }) { look(for: waits.compactMap(\.place), at: now) }
    var rest: [Wait] = []
    for wait in waits {
      // Replies come in the order of their commands.
      let isLaterReply = wait.isReply && rest.contains(where: \.isReply)
      if isLaterReply || !check(wait, at: now) { rest.append(wait) }
      guard case .waiting = state else { return true }
    }
    state = rest.isEmpty ? .step(index + 1) : .waiting(index, rest, since: since, seconds: seconds)
    return rest.isEmpty
  }

  /// Whether there is what is waited for, or something else that ends the conversation.
  private mutating func check(_ wait: Wait, at now: Duration) -> Bool {
    switch wait {
    case .output(let pattern, let stream, let name): checkOutput(pattern, stream, of: name, at: now)
    case .reply(let expectation, let file): checkReply(expectation, file: file, at: now)
    case .end(let end, let name): checkEnd(end, of: name)
    case .place(let place): checkPlace(place)
    }
  }

  private mutating func checkOutput(
    _ pattern: String, _ stream: ExampleStream, of name: String?, at now: Duration
  ) -> Bool {
    guard let expression = try? Regex(pattern) else {
      fail(.harness("\"\(pattern)\" is not a regular expression"))
      return true
    }
    while let text = programs.nextLine(on: stream, of: name) {
      transcript.append("\(name ?? example.program) > \(Shortened.text(text))")
      guard let found = text.wholeMatch(of: expression) else { continue }
      placeholders.merge(found.namedGroups) { _, new in new }
      return true
    }
    guard programs.isOver(stream, of: name, at: now) else { return false }
    fail(.noOutput(programSide, pattern: pattern, end: programs.end(of: name)), of: name)
    return true
  }

  private mutating func look(for places: [ExamplePlace], at now: Duration) {
    nextLook = now + Self.lookInterval
    steps += places.filter { !foundPlaces.contains($0) }.map { .request(.look($0)) }
  }

  private mutating func checkPlace(_ place: ExamplePlace) -> Bool {
    if foundPlaces.contains(place) { return true }
    guard let end = programs.end(of: nil) else { return false }
    fail(.noPlace(programSide, place, end: end))
    return true
  }

  mutating func checkReply(_ expectation: Expectation, file: String?, at now: Duration) -> Bool {
    if let (number, reply) = longReply {
      guard let content else { return false }
      (longReply, self.content) = (nil, nil)
      judge(reply, number, expectation, content: content)
      return true
    }
    guard let outcome = dialogue.next(at: now) else { return false }
    switch outcome {
    case .reply(let number, let reply, let line):
      transcript.append(
        "\(example.peer ?? "") > \(Shortened.text(String(decoding: line.prefix(400), as: UTF8.self)))")
      if let file, case .ok = reply, reply.text("length") != nil {
        longReply = (number, reply)
        steps.append(.request(.read(path: file)))
        return false
      }
      judge(reply, number, expectation, content: nil)
    case .badLine(let fault, let line):
      transcript.append("\(example.peer ?? "") > \(Shortened.text(String(decoding: line, as: UTF8.self)))")
      fail(.badLine(peerSide, fault, line: line))
    case .ended(let end): fail(.ended(peerSide, end, doing: waitingCommand))
    }
    return true
  }

  /// Compares a reply with what it must be.
  private mutating func judge(_ reply: Reply, _ number: Int, _ expectation: Expectation, content: [UInt8]?) {
    exchanges[number].reply = reply
    exchanges[number].fileContent = content
    let mismatch = expectation.mismatch(reply, fileContent: content, subject: name(peerSide))
    exchanges[number].mismatch = mismatch
    if mismatch != nil {
      fail(judged(exchanges[number]))
    } else if case .like(let pattern) = expectation,
      let message = content ?? reply.bytes("payload").flatMap(Hex.bytes),
      case .success(let names) = pattern.compare(message)
    {
      placeholders.merge(names) { _, new in new }
    }
  }

  /// The finding for a wrong reply; if the message is wrong, only tests with other peers can show who is to blame.
  private func judged(_ exchange: Observation.Exchange) -> Finding {
    if let end = programs.end(of: nil), end != .exited(0), !example.conversation.isStartingPeer {
      return .endedBefore(programSide, end, exchange)
    }
    if case .ok = exchange.reply, exchange.isReceiving { return .undecided(exchange, .otherPeersTell(programSide)) }
    return .wrongReply(exchange)
  }

  private mutating func checkEnd(_ end: ExampleEnd, of name: String?) -> Bool {
    guard let seen = programs.end(of: name) else { return false }
    let isRight =
      switch (seen, end) {
      case (.exited(let seen), .status(let wanted)): seen == wanted
      case (.killed(let seen), .signal(let wanted)): seen == wanted
      default: false
      }
    if !isRight { fail(.otherEnd(programSide, expected: end, seen: seen), of: name) }
    return true
  }

  /// The command that the peer has not answered; the last one if it has answered all.
  private var waitingCommand: Command? { (dialogue.waitingFor.map { exchanges[$0] } ?? exchanges.last)?.command }

  mutating func timeOut(_ since: Duration, _ seconds: Double, _ now: Duration) -> ConversationStep<Request>? {
    guard now - since >= .seconds(seconds) else { return nil }
    var first = Wait.reply(.ok, file: nil)
    if case .waiting(_, let waits, _, _) = state, let wait = waits.first { first = wait }
    let hang: Finding =
      switch first {
      case .output(let pattern, _, let name):
        Self.finding(.silentProgram(programSide, waitingFor: .output(pattern), seconds: seconds), of: name)
      case .end(let end, let name):
        Self.finding(.silentProgram(programSide, waitingFor: .end(end), seconds: seconds), of: name)
      case .place(let place): .silentProgram(programSide, waitingFor: .place(place), seconds: seconds)
      case .reply: .silentPeer(peerSide, waitingCommand, seconds: seconds)
      }
    state = .examining(hang)
    return .request(.examine)
  }
}
