import AdapterProtocol
import Cases
import Foundation
import Journal
import Runner

/// A direct talk with one endpoint: a command, its reply, and nothing else.
final class Talk {
  let endpoint: EndpointProcess
  private let seconds: Double
  private var dialogue = Dialogue()
  private var exchanges: [(command: Command, reply: Reply?)] = []

  /// Starts an endpoint.
  ///
  /// - Parameters:
  ///   - adapter: which.
  ///   - site: where it runs.
  ///   - seconds: how long a command may take.
  /// - Throws: ``HarnessError`` if it cannot be started.
  init(_ adapter: Adapter, _ site: Site, seconds: Double) throws(HarnessError) {
    endpoint = try EndpointProcess(adapter.program, environment: site.environment)
    self.seconds = seconds
  }

  deinit { endpoint.process.kill() }

  /// Gives a command and waits for its reply.
  ///
  /// - Throws: ``Fault`` for anything but one reply in time.
  func ask(_ command: Command) throws(Fault) -> Reply {
    try checkSilence()
    let number = exchanges.count
    exchanges.append((command, nil))
    return try answer(Question(command, number: number, in: dialogue, seconds: bound(number)), number)
  }

  /// Gives a command without waiting.
  ///
  /// - Returns: the number by which its reply is known.
  func tell(_ command: Command) -> Int {
    tell(command, as: command.bytes + [0x0a])
  }

  /// Writes bytes that are, in the end, a command.
  func tell(_ command: Command, as bytes: [UInt8]) -> Int {
    exchanges.append((command, nil))
    dialogue.issued(exchanges.count - 1, at: .zero)
    write(bytes)
    return exchanges.count - 1
  }

  /// Writes bytes as they are, which need not be a line.
  func write(_ bytes: [UInt8]) {
    endpoint.enqueue(bytes)
    endpoint.collect(into: &dialogue)
  }

  /// How long an answer may take: the first one has a start before it.
  private func bound(_ number: Int) -> Double { number == 0 ? EndpointProcess.startSeconds(command: seconds) : seconds }

  /// Waits for the reply to a command that was given.
  ///
  /// - Throws: ``Fault`` for anything but a reply in time.
  func reply(to number: Int) throws(Fault) -> Reply {
    if let reply = exchanges[number].reply { return reply }
    return try answer(Question(replyTo: number, in: dialogue, seconds: bound(number)), number)
  }

  /// Looks whether something came that nobody asked for.
  ///
  /// - Throws: ``Fault`` if so.
  func checkSilence() throws(Fault) {
    endpoint.collect(into: &dialogue)
    while let outcome = dialogue.next(at: .zero) {
      switch outcome {
      case .reply(let number, let reply, _): exchanges[number].reply = reply
      case .badLine(let bad, let line): throw fault(.badLine(bad, line: line, answering: nil))
      case .ended: return
      }
    }
  }

  /// Ends the input, waits for the end, and looks at what else came.
  ///
  /// - Returns: what was wrong with its end, or nil if it exited with 0.
  /// - Throws: ``Fault`` if it wrote more.
  func finish() throws(Fault) -> Fault? {
    let problem = endpoint.finish(seconds: endSeconds, dialogue: &dialogue)
    try checkSilence()
    return problem.map { fault(.uncleanEnd($0, seconds: endSeconds)) }
  }

  /// Sends SIGTERM and waits for the end; nil if there was none.
  func terminate() -> ProcessEnd? {
    endpoint.process.terminate()
    return endpoint.process.wait(seconds: endSeconds)
  }

  /// How long an end may take, in seconds: much longer than the 100 ms of the rule, because the machine may be busy.
  var endSeconds: Double { min(seconds, 3) }

  /// A fault, with what was said.
  func fault(_ trouble: Trouble) -> Fault { traced(Fault(trouble)) }

  /// Adds what was said to a fault.
  func traced(_ fault: Fault) -> Fault {
    var fault = fault
    let lines = exchanges.suffix(6).map { command, reply in
      let answer = reply.map { " → \(Shortened.text($0.line, to: 100))" } ?? ""
      return Shortened.text(command.line, to: 120) + answer
    }
    fault.traces = [
      EndpointTrace(
        name: endpoint.program.name, commands: lines, standardError: endpoint.standardError.lines(first: 4, last: 8))
    ]
    return fault
  }

  private func answer(_ asked: Question, _ number: Int) throws(Fault) -> Reply {
    var question = asked
    endpoint.ask(&question)
    dialogue = question.dialogue
    let command = exchanges[number].command
    switch question.answer {
    case .reply(let reply):
      exchanges[number].reply = reply
      return reply
    case .badLine(let bad, let line): throw fault(.badLine(bad, line: line, answering: command))
    case .ended(let end): throw fault(.ended(end, answering: command, isFirst: number == 0))
    case .silent(let partial): throw fault(.silent(partialLine: partial, answering: command, seconds: bound(number)))
    case .interrupted, nil: throw fault(.silent(partialLine: [], answering: command, seconds: bound(number)))
    }
  }
}
