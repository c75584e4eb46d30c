import AdapterProtocol
package import Journal
import WireFormats

/// Decides from what was observed whether a case passed, and whose fault it is if not.
///
/// The runner saw the writer's bytes on the wire and the reader's understanding of them, and it holds the golden bytes; so
/// it can tell a writer that writes wrongly from a reader that reads wrongly, and both from a pair that agrees on something else.
package enum Judgement {
  /// The failure, or nil if the case passed.
  package static func failure(_ observed: Observation) -> Failure? {
    incident(observed) ?? reply(observed) ?? bytes(observed) ?? remains(observed)
  }

  // MARK: What ended the case early

  private static func incident(_ observed: Observation) -> Failure? {
    switch observed.incident {
    case nil, .interrupted: return nil
    case .harness(let message):
      return Failure(blame: .harness, blamed: [], expected: "the harness does its work", seen: message)
    case .notProtocol(let side, let reason, let line):
      return Failure(
        blame: .adapter, blamed: [observed.name(side)],
        expected: "replies of the adapter protocol on standard output, and nothing else (PROTOCOL.md, section 1)",
        seen: "\(reason): \(quoted(line))")
    case .untrue(let side, let message):
      return Failure(
        blame: .adapter, blamed: [observed.name(side)], expected: "an ok that is true (PROTOCOL.md, section 2)",
        seen: message)
    case .ended(let side, let how):
      let doing =
        pending(observed, side).map { "while it had this to do: \(shortened($0.command))" } ?? "with nothing to do"
      return Failure(
        blame: blame(side), blamed: [observed.name(side)], expected: "an endpoint that lives through the case",
        seen: "\(observed.name(side)) \(how) \(doing)")
    case .deadline(let seconds):
      return hang(observed, seconds)
    }
  }

  /// Finds who kept the other waiting.
  ///
  /// A side that waits for bytes which the other has not written is not at fault.
  private static func hang(_ observed: Observation, _ seconds: Double) -> Failure {
    let blocked = Side.allCases.filter { pending(observed, $0) != nil }
    // A reply that is wrong explains a hang better than the hang itself.
    if let wrong = reply(observed) { return wrong }
    let culprit = blocked.first { !isWaitingForPeer(observed, $0) } ?? blocked.first.map(\.other) ?? .reader
    let states = Side.allCases.map { side in
      let doing = pending(observed, side).map { "blocked in: \(shortened($0.command))" } ?? "idle, everything answered"
      return "\(observed.name(side)) \(doing)\(progress(observed, side))"
    }
    return Failure(
      blame: blame(culprit), blamed: [observed.name(culprit)],
      expected: "an answer to every command within \(format(seconds)) s",
      seen: states.joined(separator: "; "),
      difference: observed.wires.first { $0.sender == culprit && !$0.comparison.isRightSoFar }.flatMap {
        wireDifference(observed, $0)
      })
  }

  /// Whether a blocked side has good reason: it receives, and what it should get has not come.
  private static func isWaitingForPeer(_ observed: Observation, _ side: Side) -> Bool {
    guard let command = pending(observed, side)?.command else { return true }
    if command.hasPrefix("accept") { return pending(observed, side.other) != nil || !observed.isTapped }
    guard command.hasPrefix("receive"), let wire = observed.wires.first(where: { $0.sender == side.other }) else {
      return false
    }
    // Where nobody knows what is to come, it depends on whether the other still has something to do.
    return wire.comparison.isCompared ? !wire.comparison.isComplete : pending(observed, side.other) != nil
  }

  private static func progress(_ observed: Observation, _ side: Side) -> String {
    guard observed.isTapped, let wire = observed.wires.first(where: { $0.sender == side }),
      wire.comparison.expectedCount > 0
    else { return "" }
    return
      ", \(wire.comparison.count) of \(wire.comparison.expectedCount) bytes written and \(wire.deliveredCount) delivered"
  }

  // MARK: What was replied

  private static func reply(_ observed: Observation) -> Failure? {
    guard let wrong = observed.exchanges.first(where: { $0.mismatch != nil }), let mismatch = wrong.mismatch else {
      return nil
    }
    if case .fields = wrong.expectation, let failure = layouts(observed, wrong, mismatch) { return failure }
    if case .error(.unsupported, let message) = wrong.reply, isDeclared(wrong) {
      return Failure(
        blame: .adapter, blamed: [observed.name(wrong.side)],
        expected: "what hello declares (PROTOCOL.md, section 2)",
        seen: "unsupported in answer to \(shortened(wrong.command)): \(message)")
    }
    if case .error(let kind, _) = wrong.reply, kind == .closed || kind == .reset,
      observed.wires.contains(where: { $0.sender == wrong.side && $0.sinkIsGone })
    {
      let other = wrong.side.other
      return Failure(
        blame: blame(other), blamed: [observed.name(other)],
        expected: "\(observed.name(other)) reads what \(observed.name(wrong.side)) sends",
        seen: "it closed the channel before, and \(observed.name(wrong.side)) answered \(mismatch.seen)")
    }
    let isReceiving = wrong.command.hasPrefix("receive")
    let feeding = observed.wires.first { $0.sender == wrong.side.other }
    if isReceiving, let feeding, !feeding.comparison.isRightSoFar {
      let sender = wrong.side.other
      return Failure(
        blame: blame(sender), blamed: [observed.name(sender)],
        expected: "\(observed.name(sender)) writes the vector's bytes",
        seen: "it wrote others, and \(observed.name(wrong.side)) answered \(mismatch.seen)",
        difference: wireDifference(observed, feeding))
    }
    if isReceiving, let feeding, feeding.hasEnded, !feeding.comparison.isComplete {
      let sender = wrong.side.other
      return Failure(
        blame: blame(sender), blamed: [observed.name(sender)],
        expected: "\(observed.name(sender)) writes \(feeding.comparison.expectedCount) bytes",
        seen:
          "it ended the stream after \(feeding.comparison.count), and \(observed.name(wrong.side)) answered \(mismatch.seen)",
        difference: wireDifference(observed, feeding))
    }
    if case .encoding = wrong.expectation, case .ok = wrong.reply {
      // The reader only hands on what has come, and the tap knows whether it does.
      let sender = wrong.side.other
      let message = wrong.reply?.bytes("payload").flatMap(Hex.bytes) ?? []
      if let feeding, !feeding.comparison.mayHaveCarried(message) {
        return Failure(
          blame: blame(wrong.side), blamed: [observed.name(wrong.side)],
          expected: "\(shortened(wrong.command)) hands the message on as it came",
          seen: "a message that \(observed.name(sender)) has not sent", difference: mismatch.difference)
      }
      guard observed.isTapped else {
        return Failure(
          blame: .both, blamed: Side.allCases.map(observed.name),
          expected: "\(observed.name(sender)) sends \(mismatch.expected)",
          seen: "\(mismatch.seen); without the tap nobody can say whose fault it is", difference: mismatch.difference)
      }
      return Failure(
        blame: blame(sender), blamed: [observed.name(sender)],
        expected: "\(observed.name(sender)) sends \(mismatch.expected)",
        seen: mismatch.seen, difference: mismatch.difference)
    }
    if isReceiving, let difference = observed.slotDifference {
      return Failure(
        blame: .writer, blamed: [observed.name(.writer)], expected: "the slot's file as the vector has it",
        seen: "other bytes, and \(observed.name(wrong.side)) answered \(mismatch.seen)", difference: difference)
    }
    if isReceiving && !observed.isTapped && !observed.isSlot && !isProvenWriter(observed) {
      return Failure(
        blame: .both, blamed: Side.allCases.map(observed.name),
        expected: "\(shortened(wrong.command)) answers \(mismatch.expected)",
        seen: "\(mismatch.seen); without the tap nobody can say whose fault it is", difference: mismatch.difference)
    }
    return Failure(
      blame: blame(wrong.side), blamed: [observed.name(wrong.side)],
      expected: "\(shortened(wrong.command)) answers \(mismatch.expected)", seen: mismatch.seen,
      difference: mismatch.difference)
  }

  /// Whether the message's bytes have been looked at before the reader was asked for the value in them.
  private static func isProvenWriter(_ observed: Observation) -> Bool {
    observed.exchanges.contains { exchange in
      if case .encoding = exchange.expectation { exchange.reply != nil && exchange.mismatch == nil } else { false }
    }
  }

  /// Two endpoints that lay a record out alike, and not as the vector has it.
  private static func layouts(
    _ observed: Observation, _ wrong: Observation.Exchange, _ mismatch: Mismatch
  ) -> Failure? {
    let replies = observed.exchanges.filter { $0.command == wrong.command && $0.mismatch != nil }.map(\.reply)
    guard replies.count == 2, replies[0] == replies[1], case .ok = replies[0] else { return nil }
    return Failure(
      blame: .both, blamed: Side.allCases.map(observed.name), expected: mismatch.expected,
      seen: "both endpoints agree with each other, against the vector: \(mismatch.seen)")
  }

  /// Whether a refusal breaks the word given in `hello`: it does unless a refusal was asked for.
  private static func isDeclared(_ exchange: Observation.Exchange) -> Bool {
    if case .error = exchange.expectation { return false }
    return true
  }

  // MARK: What was written

  private static func bytes(_ observed: Observation) -> Failure? {
    if let wire = observed.wires.first(where: { !$0.comparison.isComplete }) {
      return agreement(observed, wireDifference(observed, wire), sender: wire.sender, wire.comparison)
    }
    if let difference = observed.slotDifference {
      // The reader stops at the first NUL: what is behind the text is the writer's alone.
      guard observed.slotTailIsClean else {
        return Failure(
          blame: .writer, blamed: [observed.name(.writer)], expected: "NUL bytes from the text's end to the slot's",
          seen: "something else", difference: difference)
      }
      return Failure(
        blame: .both, blamed: Side.allCases.map(observed.name), expected: "the slot's file as the vector has it",
        seen: "both endpoints agree with each other, against the vector", difference: difference)
    }
    return nil
  }

  /// Every reply was right and the bytes are not.
  private static func agreement(
    _ observed: Observation, _ difference: ByteDifference?, sender: Side, _ comparison: WireComparison
  ) -> Failure {
    guard
      comparison.isRightSoFar
        || comparison.count > comparison.expectedCount && difference?.field == "beyond the last message"
    else {
      return Failure(
        blame: .both, blamed: Side.allCases.map(observed.name), expected: "the vector's bytes on the wire",
        seen: "both endpoints agree with each other, against the vector", difference: difference)
    }
    return Failure(
      blame: blame(sender), blamed: [observed.name(sender)],
      expected: "\(comparison.expectedCount) bytes on the wire", seen: "\(comparison.count) bytes",
      difference: difference)
  }

  private static func wireDifference(_ observed: Observation, _ wire: Observation.Wire) -> ByteDifference? {
    wire.comparison.difference(
      subject: "what \(observed.name(wire.sender)) wrote", source: "interop/vectors/framings.yml")
  }

  // MARK: What was left

  private static func remains(_ observed: Observation) -> Failure? {
    if let (side, leaks) = observed.leaks.first(where: { !$0.value.isEmpty }) {
      return Failure(
        blame: .adapter, blamed: [observed.name(side)],
        expected: "nothing left after reset (PROTOCOL.md, section 2)",
        seen: "\(observed.name(side)) still holds \(leaks.joined(separator: ", "))")
    }
    guard !observed.leftovers.isEmpty else { return nil }
    return Failure(
      blame: .adapter, blamed: (observed.listener.map { [$0] } ?? Side.allCases).map(observed.name),
      expected: "no file left after reset (PROTOCOL.md, section 2)",
      seen: "left behind: \(observed.leftovers.joined(separator: ", "))")
  }

  // MARK: Words

  private static func pending(_ observed: Observation, _ side: Side) -> Observation.Exchange? {
    observed.exchanges.first { $0.side == side && $0.reply == nil }
  }

  private static func blame(_ side: Side) -> Blame { side == .writer ? .writer : .reader }

  private static func shortened(_ command: String) -> String { Expectation.shortened(command, to: 120) }

  private static func quoted(_ line: String) -> String { "\"\(Expectation.shortened(line, to: 120))\"" }

  private static func format(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
