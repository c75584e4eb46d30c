import AdapterProtocol
import Foundation
import WireFormats

/// The conversation with an example: an independent program, and an endpoint that gets the declaration's commands.
///
/// The steps are sequential, because the program takes no commands; only `together` has several under way.
package struct ExampleConversation: ConversationMachine {
  /// What only the runner can do.
  package enum Request: Sendable {
    /// Inspect both processes.
    case examine
    /// Check for the peer's leaks after its `reset`.
    case remains
    /// Start the program, or another by its name, with these placeholders; answered with ``ExampleConversation/fail(starting:)`` if that fails.
    case start(String?, [String: String])
    /// Look whether something exists; answered with ``ExampleConversation/found(_:)`` if it does.
    case look(ExamplePlace)
    /// Write a file; answered with ``ExampleConversation/fail(starting:)`` if that fails.
    case write([UInt8], path: String)
    /// Read a file; answered with ``ExampleConversation/read(_:)``.
    case read(path: String)
  }

  private enum State {
    case step(Int)
    /// Waiting for what a step needs, since a time, for a number of seconds.
    case waiting(Int, [Wait], since: Duration, seconds: Double)
    case resetting(since: Duration)
    case examining(Finding)
    case closing
    case over
  }

  fileprivate enum Wait {
    case output(String, from: ExampleStream, of: String?)
    /// The reply to a command; the path of the file that it has filled, if the message is long.
    case reply(Expectation, file: String?)
    case end(ExampleEnd, of: String?)
    case place(ExamplePlace)
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
  /// The contents of the files beside the declaration that steps name.
  let files: [String: [UInt8]]
  private var state = State.step(0)
  private var dialogue = Dialogue()
  private var program = ProgramOutput()
  private var programErrors = ProgramOutput()
  /// What the programs on neither side print, on standard output and standard error.
  private var others: [String: (output: ProgramOutput, errors: ProgramOutput)] = [:]
  private var steps: [ConversationStep<Request>] = []
  /// Whether a place that is waited for was found, and when to look again.
  private var isFound = false
  private var nextLook = Duration.zero
  /// A reply whose message is in a file that is being read; the file's content.
  private var longReply: (number: Int, reply: Reply)?
  private var content: [UInt8]?

  /// How often to look for something that cannot be waited for.
  private static let lookInterval = Duration.milliseconds(5)

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
        waits.contains(where: \.needsLooking) ? nextLook : since + .seconds(seconds)
      case .resetting(let since): since + .seconds(seconds)
      case .step, .examining, .closing, .over: nil
      }
    let ofOthers = others.values.flatMap { [$0.output.deadline, $0.errors.deadline] }
    return ([own, program.deadline, programErrors.deadline, dialogue.deadline] + ofOthers).compactMap(\.self).min()
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
      case .outputClosed: if !example.conversation.isOnStandardStreams { program.close() }
      case .errorOutput(let bytes) where example.conversation.isOnStandardStreams: program.append(bytes)
      case .errorOutput(let bytes): programErrors.append(bytes)
      case .ended(let end):
        program.finish(end)
        programErrors.finish(end)
      }
    }
  }

  package mutating func take(_ event: ProcessEvent, fromOther name: String) {
    switch event {
    case .output(let bytes): withOutput(.usual, of: name) { $0.append(bytes) }
    case .outputClosed: withOutput(.usual, of: name) { $0.close() }
    case .errorOutput(let bytes): withOutput(.standardError, of: name) { $0.append(bytes) }
    case .ended(let end):
      withOutput(.usual, of: name) { $0.finish(end) }
      withOutput(.standardError, of: name) { $0.finish(end) }
    }
  }

  /// Takes the news that a place exists.
  package mutating func found(_ place: ExamplePlace) { isFound = true }

  /// Takes the content of a file that was asked for.
  package mutating func read(_ content: [UInt8]) { self.content = content }

  /// Ends the conversation because the runner could not do its part.
  package mutating func fail(starting problem: String) { fail(.harness(problem)) }

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
      isFound = false
      nextLook = now
      append(.place(place.with(filled(place.text))), to: &waits)
    case .output(let pattern, let stream, let name):
      append(.output(filled(pattern, isPattern: true), from: stream, of: name), to: &waits)
    case .input(let line, let name):
      transcript.append("\(name ?? example.program) < \(filled(line))")
      let bytes = Array("\(filled(line))\n".utf8)
      steps.append(name.map { .writeToOther($0, bytes) } ?? .write(programSide, bytes))
    case .stop(.signal(let number), let name):
      steps.append(name.map { .signalOther($0, number) } ?? .signal(programSide, number))
    case .stop(.endOfInput, let name): steps.append(name.map { .closeInputOfOther($0) } ?? .closeInput(programSide))
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

  private mutating func append(_ wait: Wait, to waits: inout [Wait]) {
    if case .end = wait, example.conversation.isStartingPeer { steps.append(.closeInput(peerSide)) }
    waits.append(wait)
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

  /// Ends the conversation with what is wrong.
  ///
  /// - Parameters:
  ///   - finding: what is wrong.
  ///   - name: the program that did it, if it is on neither side.
  private mutating func fail(_ finding: Finding, of name: String? = nil) {
    self.finding = Self.finding(finding, of: name)
    state = .over
  }

  private static func finding(_ finding: Finding, of name: String?) -> Finding {
    name.map { .of(program: $0, finding) } ?? finding
  }

  // MARK: Checks

  /// Whether a step has all that it waits for; if so, goes on to the next step.
  private mutating func check(
    _ waits: [Wait], _ index: Int, _ since: Duration, _ seconds: Double, at now: Duration
  ) -> Bool {
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
    case .place(let place): checkPlace(place, at: now)
    }
  }

  private mutating func checkOutput(
    _ pattern: String, _ stream: ExampleStream, of name: String?, at now: Duration
  ) -> Bool {
    guard let expression = try? Regex(pattern) else {
      fail(.harness("\"\(pattern)\" is not a regular expression"))
      return true
    }
    while let text = withOutput(stream, of: name, { $0.next() }) {
      transcript.append("\(name ?? example.program) > \(Shortened.text(text))")
      guard let found = text.wholeMatch(of: expression) else { continue }
      for group in found.output {
        if let name = group.name, let text = group.substring { placeholders[name] = String(text) }
      }
      return true
    }
    let (isOver, end) = withOutput(stream, of: name) { ($0.isOver(at: now), $0.end) }
    if isOver { fail(.noOutput(programSide, pattern: pattern, end: end), of: name) }
    return isOver
  }

  /// Looks at a program's output on a stream.
  private mutating func withOutput<Result>(
    _ stream: ExampleStream, of name: String?, _ look: (inout ProgramOutput) -> Result
  ) -> Result {
    if let name {
      var both = others.removeValue(forKey: name) ?? (ProgramOutput(), ProgramOutput())
      defer { others[name] = both }
      return stream == .usual ? look(&both.output) : look(&both.errors)
    }
    let isUsual = stream == .usual || example.conversation.isOnStandardStreams || example.conversation.isStartingPeer
    return isUsual ? look(&program) : look(&programErrors)
  }

  private mutating func checkPlace(_ place: ExamplePlace, at now: Duration) -> Bool {
    if isFound { return true }
    if let end = program.end {
      fail(.noPlace(programSide, place, end: end))
      return true
    }
    if now >= nextLook {
      nextLook = now + Self.lookInterval
      steps.append(.request(.look(place)))
    }
    return false
  }

  private mutating func checkReply(_ expectation: Expectation, file: String?, at now: Duration) -> Bool {
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
    if let end = program.end, end != .exited(0), !example.conversation.isStartingPeer {
      return .endedBefore(programSide, end, exchange)
    }
    if case .ok = exchange.reply, exchange.isReceiving { return .undecided(exchange, .otherPeersTell(programSide)) }
    return .wrongReply(exchange)
  }

  private mutating func checkEnd(_ end: ExampleEnd, of name: String?) -> Bool {
    guard let seen = withOutput(.usual, of: name, \.end) else { return false }
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

  private mutating func timeOut(_ since: Duration, _ seconds: Double, _ now: Duration) -> ConversationStep<Request>? {
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

  /// An adapter or program with its side, such as `python (reader)`.
  package func name(_ side: Side) -> String {
    "\(side == programSide ? example.program : example.peer ?? "nobody") (\(side.rawValue))"
  }
}

extension ExampleConversation.Wait {
  fileprivate var isReply: Bool { if case .reply = self { true } else { false } }
  fileprivate var needsLooking: Bool { if case .place = self { true } else { false } }
}
