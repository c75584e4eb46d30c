import Dispatch
import Foundation
import Synchronization

private let caught = Atomic<Int>(0)

/// Interrupts a thread again and again while it is blocked in a system call.
///
/// Only one storm at a time: the handler counts for all.
final class SignalStorm<Value: Sendable>: Sendable {
  private let thread = Mutex<UInt>(0)
  private let statusFile = Mutex("")
  private let started = DispatchSemaphore(value: 0)
  private let mayLeave = DispatchSemaphore(value: 0)
  private let ended = Atomic<Bool>(false)
  private let work = Mutex<Background<Value>?>(nil)

  /// Starts the work that will block.
  init(_ body: @escaping @Sendable () throws -> Value) {
    var action = sigaction()
    #if os(Linux)
    action.__sigaction_handler.sa_handler = { _ in caught.add(1, ordering: .relaxed) }
    #else
    action.__sigaction_u.__sa_handler = { _ in caught.add(1, ordering: .relaxed) }
    #endif
    // Without SA_RESTART the kernel does not go on by itself.
    action.sa_flags = 0
    sigaction(SIGUSR1, &action, nil)
    let background = Background { [self] in
      // A thread inherits the mask of its maker, and a worker of libdispatch blocks everything.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGUSR1)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      thread.withLock { $0 = UInt(bitPattern: pthread_self()) }
      let task = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      statusFile.withLock { $0 = "/proc/\(task ?? "")/stat" }
      started.signal()
      defer {
        ended.store(true, ordering: .releasing)
        // A signal to a thread that is gone is undefined.
        mayLeave.wait()
      }
      return try body()
    }
    work.withLock { $0 = background }
    started.wait()
  }

  /// Interrupts the blocked thread so many times, or until its work is done.
  ///
  /// - Returns: whether the work goes on.
  @discardableResult
  func rage(_ times: Int) -> Bool {
    let target = thread.withLock { pthread_t(bitPattern: $0) }
    for _ in 0..<times where isBlocked() {
      let before = caught.load(ordering: .acquiring)
      pthread_kill(target, SIGUSR1)
      while caught.load(ordering: .acquiring) == before { sched_yield() }
    }
    return isBlocked()
  }

  /// Waits until the thread sleeps in the kernel; false if its work is done.
  private func isBlocked() -> Bool {
    #if os(Linux)
    let status = statusFile.withLock { $0 }
    while !ended.load(ordering: .acquiring) {
      // "1234 (name) S …": the state follows the last parenthesis.
      let text = FileManager.default.contents(atPath: status).map { String(decoding: $0, as: UTF8.self) } ?? ""
      if text.drop(while: { $0 != ")" }).hasPrefix(") S") { break }
      sched_yield()
    }
    #endif
    return !ended.load(ordering: .acquiring)
  }

  /// Waits for the end of the work.
  func value() throws -> Value {
    mayLeave.signal()
    guard let background = work.withLock({ $0 }) else { throw CancellationError() }
    return try background.value()
  }
}

#if os(Linux)
extension UInt {
  fileprivate init(bitPattern value: UInt) { self = value }
}
#endif
