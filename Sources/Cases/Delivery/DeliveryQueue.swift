/// The undelivered bytes of one direction, cut into the pieces that a fault requires.
///
/// A pure state machine: the relay does the I/O.
package struct DeliveryQueue: Sendable {
  /// What the relay must do next.
  package enum Step: Equatable, Sendable {
    /// Write these bytes; with `thenWait`, then wait until the peer has read them.
    case write(ArraySlice<UInt8>, thenWait: Bool)
    /// End the stream.
    case end
    /// Break the connection off.
    case reset
    /// Do nothing until more bytes arrive.
    case wait
    /// Do nothing before this time.
    case pause(until: Duration)
  }

  private var fault: (any Fault)?
  private var pending: [UInt8] = []
  private var start = 0
  private var position = StreamPosition()
  private var pausedUntil: Duration?
  /// Whether the fault has ended the stream, and not the sender.
  private var isEndedByFault = false

  /// - Parameter fault: the fault; nil delivers every chunk unchanged.
  package init(_ fault: (any Fault)? = nil) { self.fault = fault }

  /// The number of undelivered bytes.
  package var backlog: Int { pending.count - start }

  /// Adds bytes from the sender.
  package mutating func append(_ bytes: ArraySlice<UInt8>) {
    position.received += bytes.count
    pending.append(contentsOf: fault?.admit(bytes, at: position) ?? bytes)
    position.waiting = backlog
    if !position.hasEnded, fault?.ends(at: position) ?? false {
      position.hasEnded = true
      isEndedByFault = true
    }
  }

  /// Records the end of the sender's stream.
  package mutating func end() { position.hasEnded = true }

  /// What the relay must do now.
  package mutating func next(at now: Duration) -> Step {
    guard backlog > 0 else {
      guard position.hasEnded else { return .wait }
      return isEndedByFault && fault?.endsByReset ?? false ? .reset : .end
    }
    if let until = pausedUntil {
      if now < until { return .pause(until: until) }
      pausedUntil = nil
    }
    guard fault != nil else { return .write(pending[start...], thenWait: false) }
    switch fault?.action(on: pending[start...], at: position) ?? .hold {
    case .deliver(let count, let waits):
      return .write(pending[start..<min(pending.count, start + max(1, count))], thenWait: waits)
    case .hold: return .wait
    case .pause(let length):
      pausedUntil = now + length
      return .pause(until: now + length)
    }
  }

  /// Records that a number of bytes of the last piece were written.
  package mutating func wrote(_ count: Int) {
    start += count
    position.delivered += count
    if start == pending.count {
      pending.removeAll(keepingCapacity: pending.capacity <= 1 << 20)
      start = 0
    }
    position.waiting = backlog
  }

  /// Discards the undelivered bytes, because the receiver is gone.
  package mutating func abandon() {
    pending.removeAll()
    start = 0
    position.waiting = 0
    position.hasEnded = true
  }
}
