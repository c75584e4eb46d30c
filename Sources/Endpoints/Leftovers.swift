import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What this process has made outside itself and removes when it closes it: socket files, second names of shared memory, the
/// mark that a cell's writer is still there, a lock that it holds.
///
/// A process that a signal ends runs no `deinit`, and its files stay. A program that wants them gone waits for its signals on
/// a thread of its own, and ends through ``removeAll(andEnd:)``:
///
/// ```swift
/// var signals = sigset_t()
/// sigemptyset(&signals)
/// sigaddset(&signals, SIGTERM)
/// pthread_sigmask(SIG_BLOCK, &signals, nil)  // before any other thread starts
/// Thread.detachNewThread {
///   var number: Int32 = 0
///   sigwait(&signals, &number)
///   Leftovers.removeAll { _exit(128 + number) }
/// }
/// ```
///
/// A child process that `fork` has made removes no file of its parent's.
public enum Leftovers {
  /// How something is removed; it must not wait.
  package typealias Removal = @Sendable () -> Void

  /// One of the things made.
  package struct Entry: Sendable {
    fileprivate let number: Int
  }

  private struct Table {
    var removals: [Int: Removal] = [:]
    var made = 0

    mutating func add(_ removal: @escaping Removal) -> Entry {
      made += 1
      // A child of `fork` has the same entries, and the same `deinit`.
      let maker = getpid()
      removals[made] = {
        guard getpid() == maker else { return }
        removal()
      }
      return Entry(number: made)
    }
  }

  private static let table = Mutex(Table())

  /// Makes something and takes note of it in one step: an end of the process in between would leave it behind.
  ///
  /// - Parameter make: makes it, without waiting, and says how it is removed; nil if there is nothing to remove.
  /// - Returns: what to hand to ``remove(_:)``.
  /// - Throws: what making it throws.
  package static func adding<Failure: Error>(
    _ make: () throws(Failure) -> Removal?
  ) throws(Failure) -> Entry? {
    try table.withLock { table throws(Failure) in
      try make().map { table.add($0) }
    }
  }

  /// Takes note of what is made already.
  package static func add(_ removal: @escaping Removal) -> Entry { table.withLock { $0.add(removal) } }

  /// Removes one thing now; once.
  package static func remove(_ entry: Entry) {
    table.withLock { $0.removals.removeValue(forKey: entry.number)?() }
  }

  /// Leaves one thing where it is.
  package static func forget(_ entry: Entry) {
    table.withLock { _ = $0.removals.removeValue(forKey: entry.number) }
  }

  /// Removes everything, from any thread and whatever other threads are doing, and ends the process.
  ///
  /// Nothing else can be made while the process ends: a thread that tries waits for the end.
  ///
  /// - Parameter end: ends the process.
  public static func removeAll(andEnd end: () -> Never) -> Never {
    table.withLock { table in
      // The newest first, as they would go one by one.
      for (_, removal) in table.removals.sorted(by: { $0.key > $1.key }) { removal() }
      end()
    }
  }
}
