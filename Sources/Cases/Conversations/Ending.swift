import Foundation

/// The shutdown of an endpoint: closes its input, waits, sends `SIGTERM`, waits, sends `SIGKILL`.
package struct Ending: ConversationMachine {
  package typealias Request = Never

  private enum State {
    case beginning
    case waiting(until: Duration, isTerminated: Bool)
    case over
  }

  /// What was wrong, or nil.
  package private(set) var problem: EndingProblem?
  /// The dialogue with the endpoint, including output during the shutdown.
  package private(set) var dialogue: Dialogue
  private let seconds: Double
  private var state = State.beginning
  private var end: ProcessEnd?

  /// - Parameters:
  ///   - seconds: how long it may take after the end of its input, in seconds; after `SIGTERM` half as long.
  ///   - dialogue: the dialogue so far.
  package init(seconds: Double, dialogue: Dialogue = Dialogue()) {
    self.seconds = seconds
    self.dialogue = dialogue
  }

  package var isOver: Bool { if case .over = state { true } else { false } }

  package var deadline: Duration? { if case .waiting(let time, _) = state { time } else { nil } }

  package mutating func take(_ event: ProcessEvent, from side: Side) {
    dialogue.take(event)
    if case .ended(let end) = event { self.end = end }
  }

  /// Ignored, because no process may be left behind.
  package mutating func interrupt() {}

  package mutating func next(at now: Duration) -> ConversationStep<Never>? {
    switch state {
    case .over: return nil
    case .beginning:
      state = .waiting(until: now + .seconds(seconds), isTerminated: false)
      return .closeInput(.side(.writer))
    case .waiting(let time, let isTerminated):
      if let end {
        problem = isTerminated ? .terminated : end == .exited(0) ? nil : .status(end)
        state = .over
      } else if now >= time, isTerminated {
        problem = .killed
        state = .over
        return .kill(.side(.writer))
      } else if now >= time {
        state = .waiting(until: now + .seconds(seconds / 2), isTerminated: true)
        return .signal(.side(.writer), SIGTERM)
      }
      return nil
    }
  }
}
