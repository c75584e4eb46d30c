/// The moment until which something may wait.
///
/// ```swift
/// let deadline = Deadline.after(.seconds(5))
/// let reply = try stream.receive(until: deadline)  // throws timeout when 5 s are over
/// ```
public struct Deadline: Sendable, Equatable {
  /// The moment, on a clock that never stands still or jumps.
  public let instant: ContinuousClock.Instant

  /// The moment after some time from now; none of a negative time.
  public static func after(_ duration: Duration) -> Deadline {
    Deadline(instant: .now + max(duration, .zero))
  }

  /// Whether it is over.
  public var isOver: Bool { ContinuousClock.now >= instant }

  /// What is left, not under zero.
  public var remaining: Duration { max(instant - .now, .zero) }

  /// What is left, for `poll`: rounded up, so that a wait never ends just before the moment.
  var milliseconds: Int32 {
    let (seconds, attoseconds) = (instant - .now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1000) + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
