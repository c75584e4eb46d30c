import CPlatform
import Cases
import Endpoints
import Foundation

/// The lock under which an adapter's program is built, so that several runs in one clone build it once.
///
/// The lock ends with this object, or with the process, whatever ends it.
final class BuildLock {
  private let descriptor: Descriptor

  /// Takes the lock; waits for another run that has it.
  ///
  /// - Parameters:
  ///   - path: the file that carries the lock; made if it does not exist, and never removed, because a lock on a removed file
  ///     excludes nobody.
  ///   - seconds: how long to wait.
  ///   - tellsWait: called once, if there is another run to wait for.
  /// - Throws: ``HarnessError`` if the file cannot be made, the time is over, or the run is interrupted.
  init(_ path: String, seconds: Double, tellsWait: () -> Void) throws(HarnessError) {
    let number = parley_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o666)
    guard number >= 0 else { throw HarnessError("Cannot make \(path): \(String(cString: strerror(errno))).") }
    descriptor = Descriptor(owning: number)
    let deadline = ContinuousClock.now + .seconds(seconds)
    var hasTold = false
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw HarnessError("Cannot lock \(path): \(String(cString: strerror(errno))).")
      }
      if !hasTold { tellsWait() }
      hasTold = true
      guard ContinuousClock.now < deadline else {
        throw HarnessError("Another run has held \(path) for \(Int(seconds)) s; end that run.", isTimeOut: true)
      }
      // Waiting in flock() itself would not notice an interrupt.
      var entry = pollfd(fd: parley_interrupt_descriptor(), events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 20) > 0 {
        throw HarnessError("Interrupted while waiting for another run's build.", isInterruption: true)
      }
    }
  }
}
