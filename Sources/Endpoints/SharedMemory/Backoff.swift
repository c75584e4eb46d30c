import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Waiting for something that nobody announces: look again at once at first, then sleep, ever longer, up to a millisecond.
struct Backoff {
  private static let spins = 64
  private static let longestPause = 1_000_000

  private let end: ContinuousClock.Instant?
  private var spinsLeft = spins
  private var pause = 1000

  /// - Parameter patience: how long to wait at most; nil waits for ever.
  init(atMost patience: Duration?) {
    end = patience.map { ContinuousClock.now + $0 }
  }

  /// Waits a little before the next look; false when the patience is over.
  mutating func wait() -> Bool {
    if spinsLeft > 0 {
      spinsLeft -= 1
      return true
    }
    if let end, ContinuousClock.now >= end { return false }
    var time = timespec(tv_sec: 0, tv_nsec: pause)
    // A signal may end the sleep early: then the next look comes early.
    nanosleep(&time, nil)
    pause = min(2 * pause, Self.longestPause)
    return true
  }
}

extension Duration {
  /// In nanoseconds, not under 0 and as many as fit.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return seconds > 1 << 32 ? 1_000_000_000 << 32 : seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
