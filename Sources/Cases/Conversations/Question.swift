package import AdapterProtocol

/// One command to one endpoint, and its answer within a timeout.
package struct Question: ConversationMachine {
  package typealias Request = Never

  /// What the endpoint did.
  package enum Answer: Equatable, Sendable {
    case reply(Reply)
    /// A line that is not a reply.
    case badLine(LineFault, line: [UInt8])
    /// The process ended, or closed its standard output and still runs (nil).
    case ended(ProcessEnd?)
    /// No complete line before the timeout; the beginning of one, if any.
    case silent(partialLine: [UInt8])
    /// The run was interrupted.
    case interrupted
  }

  /// The endpoint's dialogue, which continues after the question.
  package private(set) var dialogue: Dialogue
  /// The answer; nil until there is one.
  package private(set) var answer: Answer?
  private let number: Int
  private let seconds: Double
  private var command: [UInt8]?
  private var start: Duration?

  /// Asks a question.
  ///
  /// - Parameters:
  ///   - command: the command.
  ///   - number: the number that identifies the command in the dialogue.
  ///   - dialogue: the dialogue so far.
  ///   - seconds: the timeout in seconds.
  package init(_ command: Command, number: Int, in dialogue: Dialogue = Dialogue(), seconds: Double) {
    self.command = command.bytes + [0x0a]
    self.number = number
    self.dialogue = dialogue
    self.seconds = seconds
  }

  /// Waits for the reply to a command that was issued already.
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
      return .write(.side(.writer), line)
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
