package import AdapterProtocol

/// The conversation of a case: gives two endpoints the commands of the phases' scripts until all are done or one fails.
package struct CaseConversation: ConversationMachine {
  private enum State {
    case betweenPhases
    case running
    /// A reply is wrong. The death of a peer shows first as an error of the other side, so wait a moment for it.
    case settling(until: Duration)
    /// The requests before the end.
    case closing([Request])
    case over
  }

  /// Everything that was observed.
  package var observation: Observation
  /// The commands and replies.
  package private(set) var transcript = TranscriptLines()
  private let scripts: [CaseScript]
  /// The timeout of a command in seconds.
  private let seconds: Double
  /// The index of the phase, from 0.
  package private(set) var phase = -1
  private var position = 0
  private var state = State.betweenPhases
  private var dialogues: [Side: Dialogue] = [.writer: Dialogue(), .reader: Dialogue()]
  private var steps: [ConversationStep<Request>] = []
  /// The files of received messages and the opened channels, by the exchange's index.
  private var files: [Int: String] = [:]
  private var openings: [Int: ChannelName] = [:]
  /// The replies whose message is still to be read from a file, by the exchange's index.
  private var awaitedContent: [Int: Reply] = [:]
  /// The text that the slot must hold.
  private var lastText: Message?
  private var hasMismatch = false

  /// When to look next who came to a listener that still waits.
  private var nextLook: Duration?

  /// The time to wait for the death of a peer, in seconds.
  private static let settlingSeconds = 0.02
  /// How often to look who came to a listener that still waits, in seconds.
  private static let lookSeconds = 0.05

  /// Creates the conversation.
  ///
  /// - Parameters:
  ///   - scripts: one for each phase.
  ///   - observation: an empty observation with the adapters' names.
  ///   - seconds: the timeout of a command in seconds; one second is added for each MiB of the messages.
  package init(_ scripts: [CaseScript], observation: Observation, seconds: Double) {
    self.scripts = scripts
    self.observation = observation
    self.seconds = seconds + Double(scripts.reduce(0) { $0 + $1.byteCount } >> 20)
  }

  package var isOver: Bool { if case .over = state { true } else { false } }

  // MARK: Events

  package mutating func take(_ event: ProcessEvent, from side: Side) { dialogues[side]?.take(event) }

  package mutating func interrupt() { fail(.interrupted) }

  /// Records the incident that ends the case.
  package mutating func fail(_ incident: Observation.Incident) {
    if observation.incident == nil { observation.incident = incident }
  }

  /// Records that others have disturbed the case, which then proves nothing.
  package mutating func disturb(at address: String) { observation.incident = .disturbed(address) }

  /// Gives a command to a side.
  package mutating func issue(
    _ command: Command, to side: Side, expecting expectation: Expectation, _ requirement: Requirement? = nil,
    as channel: ChannelName? = nil, at now: Duration
  ) {
    let number = observation.exchanges.count
    observation.exchanges.append(
      Observation.Exchange(side: side, command: command, expectation: expectation, requirement: requirement))
    openings[number] = channel
    transcript.append("\(side.rawValue) < \(Shortened.text(command.line))")
    dialogues[side]?.issued(number, at: now)
    steps.append(.write(.side(side), command.bytes + [0x0a]))
  }

  /// Takes the message that an exchange received into a file.
  package mutating func received(_ bytes: [UInt8], in exchange: Int) {
    guard let reply = awaitedContent.removeValue(forKey: exchange) else { return }
    settle(exchange, reply, bytes)
  }

  /// Takes the content of the slot's file.
  package mutating func slot(_ content: [UInt8], expected: [UInt8]) {
    observation.slotTailIsClean = content.drop { $0 != 0 }.allSatisfy { $0 == 0 }
    observation.slotDifference = .between(
      content, expected, subject: "the slot's file that \(observation.name(.writer)) wrote",
      source: "interop/vectors/slots.yml", field: "file")
  }

  // MARK: Steps

  package mutating func next(at now: Duration) -> ConversationStep<Request>? {
    if !steps.isEmpty { return steps.removeFirst() }
    switch state {
    case .over: return nil
    case .closing(var requests):
      guard !requests.isEmpty else {
        // There may be output that answers no command, also the beginning of a line.
        if isGood { takeReplies(at: now) }
        for side in Side.allCases where isGood {
          let rest = dialogues[side]?.partialLine ?? []
          if !rest.isEmpty { fail(.badLine(side, .unasked, line: Array(rest.prefix(400)))) }
        }
        state = .over
        return nil
      }
      let request = requests.removeFirst()
      state = .closing(requests)
      return .request(request)
    case .settling(let end):
      noteEnds(at: now)
      if now >= end || observation.incident != nil { closeAfterFault() }
      return now >= end || observation.incident != nil ? next(at: now) : nil
    case .betweenPhases:
      phase += 1
      position = 0
      guard phase < scripts.count else {
        state = .closing([.remains])
        return next(at: now)
      }
      state = .running
      return .request(.beginPhase(phase))
    case .running:
      takeReplies(at: now)
      if !steps.isEmpty { return steps.removeFirst() }
      return isGood ? advance(at: now) : stop(at: now)
    }
  }

  package var deadline: Duration? {
    var times = dialogues.values.compactMap(\.deadline)
    if case .settling(let end) = state { times.append(end) }
    times += dialogues.values.compactMap { $0.waitingSince.map { $0 + .seconds(seconds) } }
    if let nextLook { times.append(nextLook) }
    return times.min()
  }

  /// Whether everything so far is right.
  package var isGood: Bool { observation.incident == nil && observation.slotDifference == nil && !hasMismatch }

  private var isSomethingPending: Bool { dialogues.values.contains(where: \.isWaiting) }

  /// Issues the next command that need not wait.
  private mutating func advance(at now: Duration) -> ConversationStep<Request>? {
    let items = scripts[phase].items
    while position < items.count {
      let item = items[position]
      if item.waitsForReplies, isSomethingPending { return awaited(at: now) }
      if case .replies(let side) = item, dialogues[side]?.isWaiting ?? false { return awaited(at: now) }
      position += 1
      switch item {
      case .open(let side, let name, let expectation): return .request(.open(side, name, expectation))
      case .openAt(let side, let role, let place, let expectation, let requirement):
        return .request(.openAt(side, role: role, place, expectation, requirement))
      case .command(let order):
        if let file = order.file { files[observation.exchanges.count] = file }
        if order.expectation == .ok, let message = order.message { lastText = message }
        issue(order.command, to: order.side, expecting: order.expectation, order.requirement, at: now)
        return steps.removeFirst()
      case .barrier, .replies: break
      case .makeSlot(let content): return .request(.makeSlot(content))
      case .makeFifo(let path): return .request(.makeFifo(path))
      case .fillFile(let path): return .request(.fillFile(path))
      case .checkSlot(let content): return .request(.checkSlot(content))
      case .checkPlace(let side, let place): return .request(.checkPlace(side, place))
      case .noteMemory(let side, let memory): return .request(.noteMemory(side, memory))
      case .checkMemory(let side, let memory, let limit): return .request(.checkMemory(side, memory, limit: limit))
      }
    }
    if isSomethingPending { return awaited(at: now) }
    state = .betweenPhases
    return .request(.endPhase)
  }

  /// Waits for a reply; fails if it has taken too long.
  private mutating func awaited(at now: Duration) -> ConversationStep<Request>? {
    guard dialogues.values.contains(where: { $0.waitingSince.map { now - $0 > .seconds(seconds) } ?? false }) else {
      return look(at: now)
    }
    fail(.deadline(seconds: seconds))
    return stop(at: now)
  }

  /// Has a listener's visitors checked from time to time: a silent stranger would hold up its `accept` for long.
  private mutating func look(at now: Duration) -> ConversationStep<Request>? {
    let waiting = Side.allCases.first { side in
      guard let number = dialogues[side]?.waitingFor else { return false }
      return observation.exchanges[number].command.verb == "accept"
    }
    guard let waiting, observation.channel?.traits.isOpenToOthers ?? false else {
      nextLook = nil
      return nil
    }
    guard let due = nextLook else {
      nextLook = now + .seconds(Self.lookSeconds)
      return nil
    }
    guard now >= due else { return nil }
    nextLook = now + .seconds(Self.lookSeconds)
    return .request(.checkVisitor(waiting))
  }

  private mutating func stop(at now: Duration) -> ConversationStep<Request>? {
    nextLook = nil
    if observation.incident == nil, hasMismatch {
      state = .settling(until: now + .seconds(Self.settlingSeconds))
    } else {
      closeAfterFault()
    }
    return next(at: now)
  }

  private mutating func closeAfterFault() {
    var requests: [Request] = []
    if case .deadline = observation.incident { requests.append(.examine) }
    // If the writer's last text is not in the file, that is why the reader's reply is wrong.
    if observation.channel?.traits.content == .mappedText, observation.slotDifference == nil, let text = lastText {
      requests.append(.checkSlot(Scenario.image(text)))
    }
    state = .closing(requests + [.endPhase])
  }

  // MARK: Replies

  private mutating func takeReplies(at now: Duration) {
    for side in Side.allCases {
      while isGood, let outcome = dialogues[side]?.next(at: now) { take(outcome, side) }
    }
  }

  private mutating func take(_ outcome: Dialogue.Outcome, _ side: Side) {
    switch outcome {
    case .reply(let number, let reply, let line):
      transcript.append("\(side.rawValue) > \(Shortened.text(String(decoding: line.prefix(400), as: UTF8.self)))")
      if let path = files[number], case .ok = reply, reply.text("end") == nil {
        awaitedContent[number] = reply
        steps.append(.request(.content(exchange: number, path: path)))
      } else {
        settle(number, reply, nil)
      }
    case .badLine(let fault, let line):
      transcript.append("\(side.rawValue) > \(Shortened.text(String(decoding: line, as: UTF8.self)))")
      fail(.badLine(side, fault, line: line))
    case .ended(let end): fail(.ended(side, end))
    }
  }

  private mutating func settle(_ number: Int, _ reply: Reply, _ content: [UInt8]?) {
    let exchange = observation.exchanges[number]
    observation.exchanges[number].reply = reply
    let mismatch = exchange.expectation.mismatch(
      reply, fileContent: content, subject: observation.name(exchange.side))
    observation.exchanges[number].mismatch = mismatch
    if mismatch != nil { observation.exchanges[number].fileContent = content }
    // A layout is judged when both replies are there: both may differ from the vector in the same way.
    if case .fields = exchange.expectation, exchange.command.verb == "layout" { return }
    hasMismatch = hasMismatch || mismatch != nil
    guard case .ok = reply else { return }
    if exchange.command.verb == "accept" { steps.append(.request(.checkVisitor(exchange.side))) }
    if let name = openings[number] { steps.append(.request(.opened(exchange.side, name, reply))) }
  }

  /// Records the end of a process, which explains a wrong reply of the other side.
  private mutating func noteEnds(at now: Duration) {
    for side in Side.allCases where dialogues[side]?.hasEnded ?? false {
      while observation.incident == nil, let outcome = dialogues[side]?.next(at: now) {
        if case .ended(let end) = outcome { fail(.ended(side, end)) }
      }
    }
  }
}

extension CaseScript.Item {
  /// Whether all earlier commands need a reply first.
  fileprivate var waitsForReplies: Bool {
    switch self {
    case .barrier, .checkSlot, .checkPlace, .checkMemory: true
    case .open, .openAt, .command, .replies, .makeSlot, .makeFifo, .fillFile, .noteMemory: false
    }
  }
}
