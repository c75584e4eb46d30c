import AdapterProtocol
import WireFormats

/// Decides who kept the other waiting when a command was not answered in time.
///
/// A side that waits for bytes which the other has not written is not at fault.
enum Hang {
  /// What is wrong in a case that hung.
  static func finding(_ observed: Observation, seconds: Double) -> Finding {
    let hang = hanging(observed, seconds: seconds)
    return ReplyVerdict(observed)?.finding ?? stopped(hang) ?? wrongBytes(observed) ?? untrueSend(observed)
      ?? untrueClose(observed) ?? bothWrite(hang) ?? silent(observed, hang)
  }

  // MARK: The questions, in order

  private static func stopped(_ hang: Hanging) -> Finding? {
    hang.parts.first { $0.state?.isStopped ?? false }.map { .stopped($0.side, hang) }
  }

  /// Whoever writes what it should not has kept the other from what it waits for.
  private static func wrongBytes(_ observed: Observation) -> Finding? {
    guard let wire = observed.wires.first(where: { !$0.comparison.isRightSoFar }), let place = wire.comparison.place
    else { return nil }
    if place.part == .beyond {
      return .surplusBytes(
        wire.sender, written: wire.comparison.count, expected: wire.comparison.expectedCount, observed.difference(wire))
    }
    let answer = observed.pending(wire.sender.other)
    return .wrongBytes(wire.sender, place, observed.difference(wire), answer: answer)
  }

  /// The other waits for bytes that this side says it has sent.
  private static func untrueSend(_ observed: Observation) -> Finding? {
    for waiting in Side.allCases {
      let sender = waiting.other
      guard let command = observed.pending(waiting), command.isReceiving, let wire = observed.wire(from: sender),
        wire.comparison.isCompared, let place = wire.comparison.place,
        place.message <= sentCount(observed, by: sender, to: waiting)
      else { continue }
      return .untrueSend(
        sender, written: wire.comparison.count, expected: wire.comparison.expectedCount, waiting: command.command)
    }
    return nil
  }

  /// How many messages a side says it has sent since the phase began.
  ///
  /// Whoever still waits has not answered the `reset` at the phase's end: its last answer to one was in the phase before.
  private static func sentCount(_ observed: Observation, by sender: Side, to waiting: Side) -> Int {
    let isReset = { (exchange: Observation.Exchange) in
      exchange.side == waiting && exchange.command.verb == "reset" && exchange.reply != nil
    }
    let phase = observed.exchanges.lastIndex(where: isReset).map { observed.exchanges[($0 + 1)...] }
    return (phase ?? observed.exchanges[...]).count { exchange in
      exchange.side == sender && exchange.command.verb == "send" && exchange.expectation == .ok
        && exchange.reply != nil && exchange.mismatch == nil
    }
  }

  /// The other waits for the end of a stream that this side says it has closed.
  private static func untrueClose(_ observed: Observation) -> Finding? {
    for waiting in Side.allCases {
      let sender = waiting.other
      guard let command = observed.pending(waiting), case .end = command.expectation,
        let wire = observed.wire(from: sender), wire.comparison.isComplete, !wire.hasEnded,
        let close = observed.exchanges.last(where: {
          $0.side == sender && $0.command.verb == "close" && $0.reply != nil && $0.mismatch == nil
        })
      else { continue }
      return .untrueClose(sender, close.command, waiting: command.command)
    }
    return nil
  }

  /// Both are in a system call that writes: who was told to read and writes is to blame.
  private static func bothWrite(_ hang: Hanging) -> Finding? {
    guard hang.parts.allSatisfy({ $0.state?.isWriting ?? false }) else { return nil }
    let readers = hang.parts.filter { $0.command?.verb != "send" }.map(\.side)
    return .bothWrite(readers.isEmpty ? Side.allCases : readers, hang)
  }

  private static func silent(_ observed: Observation, _ hang: Hanging) -> Finding {
    let blocked = Side.allCases.filter { observed.pending($0) != nil }
    let culprit = blocked.first { !isWaitingForPeer(observed, $0) } ?? blocked.first.map(\.other) ?? .reader
    return .silent(culprit, hang)
  }

  // MARK: What is known

  /// Whether a blocked side has good reason: it receives, and what it should get has not come.
  private static func isWaitingForPeer(_ observed: Observation, _ side: Side) -> Bool {
    guard let exchange = observed.pending(side) else { return true }
    // It was told how long to wait.
    if case .error(let kinds) = exchange.expectation, kinds.contains(.timeout) { return false }
    if exchange.command.verb == "accept" { return observed.pending(side.other) != nil || !observed.isTapped }
    guard exchange.isReceiving, let wire = observed.wire(from: side.other) else { return false }
    if case .end = exchange.expectation { return !wire.hasEnded }
    // Where nobody knows what is to come, it depends on whether the other still has something to do.
    return wire.comparison.isCompared ? !wire.comparison.isComplete : observed.pending(side.other) != nil
  }

  private static func hanging(_ observed: Observation, seconds: Double) -> Hanging {
    let parts = Side.allCases.map { side in
      let exchange = observed.pending(side)
      let wire = observed.isTapped ? observed.wire(from: side) : nil
      return Hanging.Part(
        side: side, command: exchange?.command, requirement: exchange?.requirement, expectation: exchange?.expectation,
        state: observed.states[side],
        progress: wire.map { ($0.comparison.count, $0.comparison.expectedCount, $0.deliveredCount) })
    }
    return Hanging(seconds: seconds, parts: parts)
  }
}

extension ProcessState {
  /// Whether it is in a system call that writes.
  var isWriting: Bool { systemCall.map { ["write", "writev", "sendto", "sendmsg"].contains($0) } ?? false }

  /// Whether it waits for somebody else: in a system call that reads, accepts, opens or polls, and not for its next command.
  var waitsForPeer: Bool {
    guard let systemCall, !isStopped, letter != "R" else { return false }
    return !waitsForCommand
      && [
        "read", "readv", "recvfrom", "recvmsg", "accept", "accept4", "connect", "open", "openat", "poll", "ppoll",
        "select", "pselect6", "epoll_wait", "epoll_pwait", "futex", "write", "writev", "sendto", "sendmsg",
      ].contains(systemCall)
  }
}

extension Hang {
  /// Who is to blame when a conversation with an example hung.
  ///
  /// The program cannot be told anything: where its peer waits for it in the right place, the program is stuck.
  static func verdict(
    on hang: Finding, program: Side, programEnd: ProcessEnd?, _ states: [Side: ProcessState]
  ) -> Finding {
    guard case .silentPeer(let peer, let command, let seconds) = hang else { return hang }
    if states[peer]?.isStopped ?? false { return hang }
    if states[program]?.isStopped ?? false { return .stuckProgram(program, peer: command, seconds: seconds) }
    let waits = command.map { ["accept", "receive", "send", "open", "call"].contains($0.verb) } ?? false
    guard waits, programEnd == nil, states[peer]?.waitsForPeer ?? false else { return hang }
    return .stuckProgram(program, peer: command, seconds: seconds)
  }
}
