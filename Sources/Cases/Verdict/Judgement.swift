import AdapterProtocol
import Journal

/// Decides from what was observed whether a case passed, and what is wrong if not.
///
/// The runner saw the writer's bytes on the wire and the reader's understanding of them, and it holds the golden bytes; so
/// it can tell a writer that writes wrongly from a reader that reads wrongly, and both from a pair that agrees on something else.
package enum Judgement {
  /// What is wrong, or nil if the case passed.
  package static func finding(_ observed: Observation) -> Finding? {
    incident(observed) ?? ReplyVerdict(observed)?.finding ?? bytes(observed) ?? remains(observed)
  }

  // MARK: What ended the case early

  private static func incident(_ observed: Observation) -> Finding? {
    switch observed.incident {
    case nil, .interrupted: nil
    case .harness(let message): .harness(message)
    case .disturbed(let address): .harness(disturbance(address))
    case .badLine(let side, let fault, let line): .badLine(side, fault, line: line)
    case .untrue(let side, let message):
      .untrueOpen(
        side, message, observed.exchanges.last { $0.side == side && $0.command.verb == "open" }?.requirement)
    case .surroundings(let side, let what): .surroundings(side, what, after: observed.last(side)?.command)
    case .ended(let side, let end): .ended(side, end, doing: observed.pending(side)?.command)
    case .deadline(let seconds): Hang.finding(observed, seconds: seconds)
    }
  }

  /// What happened to a case that others have disturbed.
  ///
  /// - Parameter address: where they connected.
  /// - Returns: a sentence with the cure.
  package static func disturbance(_ address: String) -> String {
    "A process that does not belong to the run connected to the endpoint at \(address), and did so each time that the case was repeated. Every user can connect to ports and abstract names: end that process, or run with --jobs 1 where it is not."
  }

  // MARK: What was written

  private static func bytes(_ observed: Observation) -> Finding? {
    if let wire = observed.wires.first(where: { !$0.comparison.isComplete }) { return written(observed, wire) }
    guard let difference = observed.slotDifference else { return nil }
    // The reader stops at the first NUL: what is behind the text is the writer's alone.
    return observed.slotTailIsClean ? .agreement(difference, subject: .slot) : .slotNotCleared(difference)
  }

  /// Every reply was right and the bytes are not.
  private static func written(_ observed: Observation, _ wire: Observation.Wire) -> Finding {
    let difference = observed.difference(wire)
    let (written, expected) = (wire.comparison.count, wire.comparison.expectedCount)
    if wire.comparison.isRightSoFar {
      return .fewerBytes(wire.sender, written: written, expected: expected, difference)
    }
    if wire.comparison.place?.part == .beyond {
      return .surplusBytes(wire.sender, written: written, expected: expected, difference)
    }
    // Only who understood the message has agreed to it: an error that was expected proves nothing.
    let isUnderstood = observed.exchanges.contains { exchange in
      if case .message = exchange.expectation { exchange.side != wire.sender && exchange.reply != nil } else { false }
    }
    guard !isUnderstood else { return .agreement(difference, subject: .wire) }
    return .wrongBytes(wire.sender, wire.comparison.place ?? WirePlace(part: .beyond), difference, answer: nil)
  }

  // MARK: What was left

  private static func remains(_ observed: Observation) -> Finding? {
    for side in Side.allCases {
      if let leaks = observed.leaks[side], !leaks.isEmpty { return .leftBehind(side, leaks) }
    }
    guard !observed.leftovers.isEmpty else { return nil }
    return .leftFiles(observed.listener.map { [$0] } ?? Side.allCases, observed.leftovers)
  }
}

extension Observation {
  /// Where the bytes of a direction first differ from the vectors.
  func difference(_ wire: Wire) -> ByteDifference? {
    wire.comparison.difference(subject: "what \(name(wire.sender)) wrote", source: "interop/vectors/framings.yml")
  }

  /// The last command of a side that was answered.
  fileprivate func last(_ side: Side) -> Exchange? { exchanges.last { $0.side == side && $0.reply != nil } }
}
