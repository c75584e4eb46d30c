package import AdapterProtocol

/// One command to one endpoint, and what comes back within a time.
package struct Question: ConversationMachine {
  package typealias Request = Never

  /// What came back.
  package enum Answer: Equatable, Sendable {
    case reply(Reply)
    /// A line that is no reply.
    case badLine(LineFault, line: [UInt8])
    /// The process ended, or closed its standard output and runs on (nil).
    case ended(ProcessEnd?)
    /// Nothing in time, but perhaps the beginning of a line.
    case silent(partialLine: [UInt8])
    /// The runner was told to stop.
    case interrupted
  }

  /// The endpoint's dialogue, which goes on after the question.
  package private(set) var dialogue: Dialogue
  /// What came back; nil until it has.
  package private(set) var answer: Answer?
  private let number: Int
  private let seconds: Double
  private var command: [UInt8]?
  private var start: Duration?

  /// Asks a question.
  ///
  /// - Parameters:
  ///   - command: what is asked.
  ///   - number: by which its reply is known.
  ///   - dialogue: what was said before.
  ///   - seconds: how long the reply may take.
  package init(_ command: Command, number: Int, in dialogue: Dialogue = Dialogue(), seconds: Double) {
    self.command = command.bytes + [0x0a]
    self.number = number
    self.dialogue = dialogue
    self.seconds = seconds
  }

  /// Waits for the reply to a command that was given already.
  package init(replyTo number: Int, in dialogue: Dialogue, seconds: Double) {
    self.number = number
    self.dialogue = dialogue
    self.seconds = seconds
  }

  package var isOver: Bool { answer != nil }

  package var deadline: Duration? {
    [start.map { $0 + .seconds(seconds) }, dialogue.deadline].compactMap(\.self).min()
  }

  package mutating func take(_ event: ProcessEvent, from side: Side) { dialogue.take(event) }

  package mutating func interrupt() { answer = answer ?? .interrupted }

  package mutating func next(at now: Duration) -> ConversationStep<Never>? {
    if answer != nil { return nil }
    if start == nil { start = now }
    if let line = command {
      command = nil
      dialogue.issued(number, at: now)
      return .write(.writer, line)
    }
    while let outcome = dialogue.next(at: now) {
      switch outcome {
      case .reply(let answered, let reply, _):
        guard answered == number else { continue }
        answer = .reply(reply)
      case .badLine(let fault, let line): answer = .badLine(fault, line: line)
      case .ended(let end): answer = .ended(end)
      }
      return nil
    }
    if let start, now - start >= .seconds(seconds) { answer = .silent(partialLine: Array(dialogue.partialLine)) }
    return nil
  }
}
