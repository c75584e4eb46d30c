import AdapterProtocol

/// The conversation with an example: an independent program, and an endpoint that gets the declaration's commands.
///
/// The steps are sequential, because the program takes no commands; only `together` has several under way.
package struct ExampleConversation: ConversationMachine {
  enum State {
    case step(Int)
    /// Waiting for what a step needs, since a time, for a number of seconds.
    case waiting(Int, [Wait], since: Duration, seconds: Double)
    case resetting(since: Duration)
    case examining(Finding)
    case closing
    case over
  }

  /// What a step waits for.
  enum Wait {
    case output(String, from: ExampleStream, of: String?)
    /// The reply to a command; the path of the file that it has filled, if the message is long.
    case reply(Expectation, file: String?)
    case end(ExampleEnd, of: String?)
    case place(ExamplePlace)

    var isReply: Bool { if case .reply = self { true } else { false } }
    var place: ExamplePlace? { if case .place(let place) = self { place } else { nil } }
  }

  /// What is wrong, or nil.
  package internal(set) var finding: Finding?
  /// Whether the run was interrupted.
  package private(set) var isInterrupted = false
  /// The commands to the peer, and its replies.
  package internal(set) var exchanges: [Observation.Exchange] = []
  /// The commands, the replies, and the program's input and output.
  package internal(set) var transcript = TranscriptLines()
  /// What the processes were doing when the conversation hung.
  package var states: [Side: ProcessState] = [:]
  let example: ExampleCase
  let seconds: Double
  var placeholders: [String: String]
  /// The contents of the files beside the declaration that steps name.
  let files: [String: [UInt8]]
  var state = State.step(0)
  var dialogue = Dialogue()
  var programs: ProgramOutputs
  var steps: [ConversationStep<Request>] = []
  /// The places of the step that exist, and when to look again.
  var foundPlaces: [ExamplePlace] = []
  var nextLook = Duration.zero
  /// A reply whose message is in a file that is being read; the file's content.
  var longReply: (number: Int, reply: Reply)?
  var content: [UInt8]?

  /// How often to look for something that cannot be waited for.
  static let lookInterval = Duration.milliseconds(5)

  /// Creates the conversation.
  ///
  /// - Parameters:
  ///   - example: the conversation's declaration, the program and its peer.
  ///   - placeholders: the values of names in braces.
  ///   - files: the contents of the files that steps name.
  ///   - seconds: the timeout of each step in seconds.
  package init(
    _ example: ExampleCase, placeholders: [String: String], files: [String: [UInt8]] = [:], seconds: Double
  ) {
    self.example = example
    self.placeholders = placeholders
    self.files = files
    self.seconds = seconds
    programs = ProgramOutputs(example.conversation)
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
      case .waiting(_, let waits, let since, let seconds):
        waits.contains { $0.place != nil } ? nextLook : since + .seconds(seconds)
      case .resetting(let since): since + .seconds(seconds)
      case .step, .examining, .closing, .over: nil
      }
    return [own, programs.deadline, dialogue.deadline].compactMap(\.self).min()
  }

  package mutating func take(_ event: ProcessEvent, from side: Side) {
    if side == programSide { return programs.take(event, of: nil) }
    // A program that starts its peer has the peer's replies on standard output, and its own lines on standard error.
    if example.conversation.isStartingPeer {
      switch event {
      case .errorOutput, .ended: programs.take(event, of: nil)
      case .output, .outputClosed: break
      }
    }
    dialogue.take(event)
  }

  package mutating func take(_ event: ProcessEvent, fromOther name: String) { programs.take(event, of: name) }

  /// Takes the news that a place exists.
  package mutating func found(_ place: ExamplePlace) { foundPlaces.append(place) }

  /// Takes the content of a file that was asked for.
  package mutating func read(_ content: [UInt8]) { self.content = content }

  /// Ends the conversation because the runner could not do its part.
  package mutating func fail(_ problem: String) { fail(.harness(problem)) }

  /// Takes the peer's leaks.
  package mutating func left(_ leaks: [Leak]) {
    if !leaks.isEmpty { finding = .leftBehind(peerSide, leaks) }
  }

  package mutating func next(at now: Duration) -> ConversationStep<Request>? {
    if !steps.isEmpty { return steps.removeFirst() }
    switch state {
    case .over: return nil
    case .step(let index): begin(index, at: now)
    case .waiting(let index, let waits, let since, let seconds):
      guard check(waits, index, since, seconds, at: now) else {
        return steps.isEmpty ? timeOut(since, seconds, now) : steps.removeFirst()
      }
    case .resetting(let since):
      guard checkReply(.ok, file: nil, at: now) else { return timeOut(since, seconds, now) }
      if finding == nil { steps.append(.request(.remains)) }
      state = .closing
    case .examining(let hang):
      finding = Hang.verdict(on: hang, program: programSide, programEnd: programs.end(of: nil), states)
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
      let needsEnd = !example.conversation.allSteps.contains { if case .exit(_, nil) = $0 { true } else { false } }
      if needsEnd, index == declared.count {
        var waits: [Wait] = []
        append(.end(.status(0), of: nil), to: &waits)
        state = .waiting(index, waits, since: now, seconds: seconds)
      } else {
        finish(at: now)
      }
      return
    }
    var waits: [Wait] = []
    for step in declared[index].parts { begin(step, &waits, at: now) }
    if case .over = state { return }
    var seconds = seconds
    if case .within(let milliseconds, _) = declared[index] { seconds = Double(milliseconds) / 1000 }
    state = waits.isEmpty ? .step(index + 1) : .waiting(index, waits, since: now, seconds: seconds)
  }

  /// Does what a step can do at once, and appends what it waits for.
  private mutating func begin(_ step: ExampleStep, _ waits: inout [Wait], at now: Duration) {
    switch step {
    case .start(let name): steps.append(.request(.start(name, placeholders)))
    case .wait(let place):
      (foundPlaces, nextLook) = ([], now)
      var place = place
      place.text = filled(place.text)
      append(.place(place), to: &waits)
    case .output(let pattern, let stream, let name):
      append(.output(filled(pattern, isPattern: true), from: stream, of: name), to: &waits)
    case .input(let line, let name):
      transcript.append("\(name ?? example.program) < \(filled(line))")
      let bytes = Array("\(filled(line))\n".utf8)
      steps.append(.write(participant(name), bytes))
    case .stop(.signal(let number), let name): steps.append(.signal(participant(name), number))
    case .stop(.endOfInput, let name): steps.append(.closeInput(participant(name)))
    case .exit(let end, let name): append(.end(end, of: name), to: &waits)
    default:
      do {
        let order = try order(step, number: exchanges.count)
        guard example.peer != nil else { return }
        if let (payload, path) = order.upload { steps.append(.request(.write(payload, path: path))) }
        issue(order.line, expecting: order.expectation, at: now)
        append(.reply(order.expectation, file: order.download), to: &waits)
      } catch {
        fail(.harness(error.message))
      }
    }
  }

  private func participant(_ name: String?) -> Participant { name.map { .other($0) } ?? .side(programSide) }

  private mutating func append(_ wait: Wait, to waits: inout [Wait]) {
    if case .end = wait, example.conversation.isStartingPeer { steps.append(.closeInput(.side(peerSide))) }
    waits.append(wait)
  }

  private mutating func issue(_ line: String, expecting expectation: Expectation, at now: Duration) {
    let command = Command(line: line)
    transcript.append("\(example.peer ?? "") < \(Shortened.text(line))")
    dialogue.issued(exchanges.count, at: now)
    exchanges.append(Observation.Exchange(side: peerSide, command: command, expectation: expectation))
    steps.append(.write(.side(peerSide), command.bytes + [0x0a]))
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

  /// Ends the conversation with what is wrong.
  ///
  /// - Parameters:
  ///   - finding: what is wrong.
  ///   - name: the program that did it, if it is on neither side.
  mutating func fail(_ finding: Finding, of name: String? = nil) {
    self.finding = Self.finding(finding, of: name)
    state = .over
  }

  static func finding(_ finding: Finding, of name: String?) -> Finding {
    name.map { .of(program: $0, finding) } ?? finding
  }

  /// An adapter or program with its side, such as `python (reader)`.
  package func name(_ side: Side) -> String {
    "\(side == programSide ? example.program : example.peer ?? "nobody") (\(side.rawValue))"
  }
}
