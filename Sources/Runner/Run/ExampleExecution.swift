import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation
import Journal
import WireFormats

/// Holds one conversation: the program on one side, an endpoint that is told what to do on the other.
///
/// The steps follow each other strictly, because the program cannot be told anything: it does what it does.
final class ExampleExecution {
  private let example: ExampleCase
  private let settings: RunSettings
  private let folder: String
  private let interrupt: Int32?
  private let program: EndpointProcess
  /// The endpoint; the program's own pipes where the program has started it.
  private let peer: EndpointProcess?
  private var placeholders: [String: String]
  private var lines: [String] = []
  private var commands: [String] = []
  private var hasEnded = false

  /// Why a conversation stopped.
  enum Stop: Error {
    case interrupted
    case failed(Failure)
  }

  /// Takes a program and an endpoint that have been started.
  init(
    _ example: ExampleCase, program: EndpointProcess, peer: EndpointProcess?, settings: RunSettings, folder: String,
    placeholders: [String: String], interrupt: Int32?
  ) {
    self.example = example
    self.program = program
    self.peer = peer
    self.settings = settings
    self.folder = folder
    self.placeholders = placeholders
    self.interrupt = interrupt
  }

  /// What was said, by the program and to the peer.
  var transcript: Transcript { Transcript(lines: lines, chunks: []) }

  /// The last commands of the peer and their answers.
  var lastCommands: [String] { commands.suffix(6) }

  /// Holds the conversation.
  ///
  /// - Returns: why it failed, or nil.
  /// - Throws: ``Stop/interrupted``.
  func run() throws(Stop) -> Failure? {
    do {
      for step in example.conversation.steps { try carryOut(step) }
      if !hasEnded { try expectEnd(.status(0)) }
      try finish()
      return nil
    } catch .failed(let failure) {
      return failure
    } catch .interrupted {
      throw .interrupted
    }
  }

  private func carryOut(_ step: ExampleStep) throws(Stop) {
    switch step {
    case .output(let pattern): try expectOutput(filled(pattern, isPattern: true))
    case .input(let line):
      note("\(example.program) < \(filled(line))")
      program.enqueue(Array("\(filled(line))\n".utf8))
      program.exchange()
    case .open(let fields):
      let words = filled(fields)
      try expect(.ok, from: words.contains("channel=") ? "open \(words)" : "open channel=c \(words)")
    case .accept(let channel): try expect(.ok, from: "accept channel=\(channel)")
    case .send(let message): try expect(.ok, from: sending(message))
    case .receive(let message): try receive(message)
    case .call(let call): try self.call(call)
    case .command(let line, let error):
      try expect(error.map { .error([$0]) } ?? .ok, from: filled(line))
    case .close(let channel): try expect(.ok, from: "close channel=\(channel)")
    case .halfClose(let channel): try expect(.ok, from: "close channel=\(channel) how=write")
    case .exit(let end): try expectEnd(end)
    }
  }

  // MARK: The peer

  private func sending(_ message: ExampleMessage) -> String {
    let content =
      switch message.content {
      case .text(let text): "payload=\(Hex.text(Array(filled(text).utf8)))"
      case .bytes(let bytes): "payload=\(Hex.text(bytes))"
      case .value(let value, let codec, let format): "\(coded(codec, format)) value=\(filled(value))"
      case .end, .empty, .error: "payload="
      }
    return "send channel=\(message.channel) \(content)"
  }

  private func receive(_ message: ExampleMessage) throws(Stop) {
    var command = "receive channel=\(message.channel)"
    if let timeout = message.timeout { command += " timeout=\(timeout)" }
    let expectation: Expectation
    switch message.content {
    case .text(let text): expectation = .message(Message(filled(text)))
    case .bytes(let bytes): expectation = .message(Message(bytes))
    case .value(let value, let codec, let format):
      command += " \(coded(codec, format))"
      expectation = .value(try self.value(filled(value)))
    case .end: expectation = .end
    case .empty: expectation = .fields([Field("empty", "true")])
    case .error(let kind): expectation = .error([kind])
    }
    try expect(expectation, from: command)
  }

  private func call(_ call: ExampleCall) throws(Stop) {
    var command = "call channel=\(call.channel ?? "c") method=\(call.method)"
    if let value = call.value { command += " value=\(filled(value))" }
    try expect(try call.result.map { text throws(Stop) in .value(try value(filled(text))) } ?? .ok, from: command)
  }

  private func coded(_ codec: String, _ format: String?) -> String {
    guard let format else { return "codec=\(codec)" }
    return Command("codec", [Field("codec", codec), Field("format", format)]).line.replacing(
      "codec codec=", with: "codec=")
  }

  private func value(_ tokens: String) throws(Stop) -> Value {
    do {
      return try Value(tokens: tokens)
    } catch {
      throw .failed(harness("\"\(tokens)\" in the declaration is no value: \(error.message)"))
    }
  }

  /// Gives the peer a command and judges its answer.
  private func expect(_ expectation: Expectation, from line: String) throws(Stop) {
    guard let peer else { return }
    note("\(example.peer ?? "") < \(Expectation.shortened(line))")
    peer.enqueue((try? Command(parsing: Array(line.utf8)[...])) ?? Command(raw: line))
    var answer: ArraySlice<UInt8>?
    try wait(for: "an answer to \(Expectation.shortened(line, to: 120))", of: peerSide) {
      answer = peer.nextLine()
      return answer != nil || peer.hasClosedOutput
    }
    guard let answer else {
      let how = peer.process.wait(seconds: 1).map(\.description) ?? "closed its standard output"
      throw .failed(
        failure(
          of: peerSide, expected: "an endpoint that lives through the conversation",
          seen: "\(name(peerSide)) \(how) while it had this to do: \(Expectation.shortened(line, to: 120))"))
    }
    note("\(example.peer ?? "") > \(Expectation.shortened(String(decoding: answer.prefix(400), as: UTF8.self)))")
    let reply: Reply
    do {
      reply = try Reply(parsing: answer)
    } catch {
      let text = String(decoding: answer.prefix(120), as: UTF8.self)
      throw .failed(
        Failure(
          blame: .adapter, blamed: [name(peerSide)], expected: "a reply of the adapter protocol",
          seen: "\"\(text)\", but \(error.message)"))
    }
    commands.append(
      "\(Expectation.shortened(line, to: 120)) → \(Expectation.shortened(reply.plainText, to: 100))")
    guard let mismatch = expectation.mismatch(reply, fileContent: nil, subject: name(peerSide)) else { return }
    throw .failed(judged(mismatch, line, reply))
  }

  /// A message that is not the declared one is the fault of whoever is wrong, and only other peers can tell who that is.
  private func judged(_ mismatch: Mismatch, _ line: String, _ reply: Reply) -> Failure {
    let expected = "\(Expectation.shortened(line, to: 120)) answers \(mismatch.expected)"
    if let status = program.process.wait(seconds: 0), status != .exited(0), !example.conversation.isStartingPeer {
      return failure(
        of: programSide, expected: expected,
        seen: "\(mismatch.seen); \(name(programSide)) \(status) before", difference: mismatch.difference)
    }
    if case .ok = reply, line.hasPrefix("receive") {
      return Failure(
        blame: .both, blamed: [name(programSide), name(peerSide)], expected: expected,
        seen: "\(mismatch.seen); if other peers get the same, it is \(name(programSide))",
        difference: mismatch.difference)
    }
    return failure(of: peerSide, expected: expected, seen: mismatch.seen, difference: mismatch.difference)
  }

  // MARK: The program

  private func expectOutput(_ pattern: String) throws(Stop) {
    guard let expression = try? Regex(pattern) else {
      throw .failed(harness("\"\(pattern)\" is no regular expression"))
    }
    var found: Regex<AnyRegexOutput>.Match?
    try wait(for: "a line of output like \"\(pattern)\"", of: programSide) {
      while found == nil, let line = nextOutput() {
        note("\(example.program) > \(Expectation.shortened(line))")
        found = line.wholeMatch(of: expression)
      }
      return found != nil || hasClosedOutput
    }
    guard let found else {
      let how = program.process.wait(seconds: 1).map(\.description) ?? "closed its output"
      throw .failed(
        failure(
          of: programSide, expected: "a line of output like \"\(pattern)\"", seen: "\(name(programSide)) \(how)"))
    }
    for group in found.output {
      if let name = group.name, let text = group.substring { placeholders[name] = String(text) }
    }
  }

  private func nextOutput() -> String? {
    let line = example.conversation.isStartingPeer ? program.nextErrorLine() : program.nextLine()
    return line.map { String(decoding: $0.last == 0x0d ? $0.dropLast() : $0, as: UTF8.self) }
  }

  private var hasClosedOutput: Bool {
    example.conversation.isStartingPeer ? program.process.wait(seconds: 0) != nil : program.hasClosedOutput
  }

  private func expectEnd(_ end: ExampleEnd) throws(Stop) {
    if example.conversation.isStartingPeer { program.closeInput() }
    var status: ChildProcess.Status?
    try wait(for: "its end", of: programSide) {
      status = program.process.wait(seconds: 0)
      return status != nil
    }
    hasEnded = true
    let isRight =
      switch (status, end) {
      case (.exited(let seen), .status(let wanted)): seen == wanted
      case (.killed(let seen), .signal(let wanted)): seen == wanted
      default: false
      }
    guard !isRight else { return }
    let how = status.map(\.description) ?? "has not ended"
    throw .failed(
      failure(
        of: programSide, expected: "\(name(programSide)) \(end.description)", seen: "\(name(programSide)) \(how)"))
  }

  /// The peer forgets everything, and is looked at as after every case.
  private func finish() throws(Stop) {
    guard let peer, !example.conversation.isStartingPeer else { return }
    try expect(.ok, from: "reset")
    let leaks = Ledger.leaks(
      of: peer.process.id, beyond: peer.baseline, children: peer.children, folder: folder, mapsAreChecked: false)
    guard !leaks.isEmpty else { return }
    throw .failed(
      Failure(
        blame: .adapter, blamed: [name(peerSide)], expected: "nothing left after reset (PROTOCOL.md, section 2)",
        seen: "\(name(peerSide)) still holds \(leaks.joined(separator: ", "))"))
  }

  // MARK: Waiting

  /// Lets both processes go on until something is there, or the deadline.
  private func wait(for wanted: String, of side: Side, until isThere: () -> Bool) throws(Stop) {
    let deadline = ContinuousClock.now + .seconds(settings.deadline)
    while true {
      program.exchange()
      peer?.exchange()
      if isThere() { return }
      let rest = (deadline - .now) / .milliseconds(1)
      guard rest > 0 else {
        throw .failed(
          failure(
            of: side, expected: "\(wanted) within \(settings.deadline.formatted()) s",
            seen: "nothing; \(state(programSide)), \(state(peerSide))"))
      }
      var entries: [pollfd] = []
      program.appendInterests(to: &entries)
      if let peer, peer !== program { peer.appendInterests(to: &entries) }
      if let interrupt { entries.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)) }
      _ = poll(&entries, nfds_t(entries.count), Int32(min(rest.rounded(.up), 1e9)))
      if let last = entries.last, last.fd == interrupt, last.revents != 0 { throw .interrupted }
    }
  }

  private func state(_ side: Side) -> String {
    if side == programSide {
      return "\(name(side)) \(program.process.wait(seconds: 0).map(\.description) ?? "is running")"
    }
    return commands.last.map { "\(name(side)) did last: \($0)" } ?? "\(name(side)) has done nothing yet"
  }

  // MARK: Words

  private var programSide: Side { example.conversation.example }
  private var peerSide: Side { programSide.other }

  private func name(_ side: Side) -> String {
    "\(side == programSide ? example.program : example.peer ?? "nobody") (\(side.rawValue))"
  }

  private func failure(
    of side: Side, expected: String, seen: String, difference: ByteDifference? = nil
  ) -> Failure {
    Failure(
      blame: side == .writer ? .writer : .reader, blamed: [name(side)], expected: expected, seen: seen,
      difference: difference)
  }

  private func harness(_ seen: String) -> Failure {
    Failure(blame: .harness, blamed: [], expected: "a declaration that makes sense", seen: seen)
  }

  /// Puts what is known in the place of placeholders; a brace that holds no known name stays, as regular expressions have some.
  private func filled(_ text: String, isPattern: Bool = false) -> String {
    Self.filled(text, placeholders, escaping: isPattern)
  }

  static func filled(_ text: String, _ placeholders: [String: String], escaping: Bool = false) -> String {
    text.replacing(/\{([a-zA-Z][a-zA-Z0-9]*)\}/) { match in
      guard let value = placeholders[String(match.1)] else { return String(match.0) }
      return escaping ? NSRegularExpression.escapedPattern(for: value) : value
    }
  }

  private func note(_ line: String) {
    if lines.count == 200 { lines.append("… and more …") }
    if lines.count < 200 { lines.append(line) }
  }
}
