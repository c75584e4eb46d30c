import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A POSIX named semaphore, such as a `Lock` of Python's `multiprocessing` in a spawn or forkserver context.
///
/// Python names them `/mp-` and eight characters; `lock._semlock.name` tells. In a fork context the name is gone at once, and
/// nobody can join. A `Lock` and an `RLock` are a semaphore of value 1; who holds it is known to Python alone.
///
/// Important: a process that dies while it holds a semaphore never gives it back, and everybody else waits. So every wait
/// here ends, with an error of kind `timeout`.
///
/// ```swift
/// let lock = try NamedSemaphore(opening: "/mp-k3v9x_0a")
/// try lock.wait()
/// // … nobody else is in here …
/// try lock.post()
/// ```
public struct NamedSemaphore: ~Copyable, @unchecked Sendable {
  /// How long to wait unless said otherwise: 5 seconds.
  public static let patience = Duration.seconds(5)

  /// The name, with its slash.
  public let name: String

  private let semaphore: UnsafeMutablePointer<sem_t>

  /// Opens a semaphore that somebody else has made.
  ///
  /// - Parameter name: a slash, and a word without one.
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` for a name that is none, `malformed` for a file that is no semaphore.
  public init(opening name: String) throws(EndpointError) {
    try Self.checkName(name)
    #if os(Linux)
    // The system maps the file without looking at its size: an empty one would end the process with SIGBUS.
    var status = stat()
    if stat("/dev/shm/sem.\(name.dropFirst())", &status) == 0 && status.st_size < MemoryLayout<sem_t>.size {
      throw EndpointError(
        .malformed,
        "The semaphore \(name) has \(status.st_size) bytes, too few for one; remove it and have it made anew.")
    }
    #endif
    try self.init(name, sem_open(name, 0), "opening")
  }

  /// Makes a semaphore, for this user only; ``unlink(_:)`` removes its name.
  ///
  /// - Parameters:
  ///   - name: a slash, and a word without one.
  ///   - value: how often it can be taken before somebody must wait.
  /// - Throws: ``EndpointError``: `exists`, `denied`, `usage` for a name that is none.
  public init(creating name: String, value: UInt32) throws(EndpointError) {
    try Self.checkName(name)
    try self.init(name, sem_open(name, O_CREAT | O_EXCL, 0o600, value), "making")
  }

  private init(
    _ name: String, _ semaphore: UnsafeMutablePointer<sem_t>?, _ activity: String
  ) throws(EndpointError) {
    guard let semaphore, semaphore != SEM_FAILED else {
      throw EndpointError(errno: errno, during: "\(activity) the semaphore \(name)")
    }
    (self.name, self.semaphore) = (name, semaphore)
  }

  deinit { sem_close(semaphore) }

  /// Takes it: counts down, and waits while the count is 0.
  ///
  /// - Parameter patience: how long to wait at most; 0 only tries.
  /// - Throws: ``EndpointError`` of kind `timeout`.
  public func wait(atMost patience: Duration = patience) throws(EndpointError) {
    guard parley_wait_semaphore(semaphore, patience.nanoseconds) == 0 else {
      if errno != ETIMEDOUT { throw EndpointError(errno: errno, during: "waiting for the semaphore \(name)") }
      throw EndpointError(
        .timeout,
        "The semaphore \(name) was not free within \(patience); whoever holds it is busy, or died and never gives it back."
      )
    }
  }

  /// Gives it back: counts up, and wakes somebody who waits.
  ///
  /// - Throws: ``EndpointError`` of kind `internal` if it is at its highest value already.
  public func post() throws(EndpointError) {
    guard sem_post(semaphore) == 0 else {
      throw EndpointError(errno: errno, during: "giving back the semaphore \(name)")
    }
  }

  /// Holds it during a closure, and gives it back whatever happens.
  ///
  /// - Parameters:
  ///   - patience: how long to wait for it at most.
  ///   - body: what is to be done meanwhile.
  /// - Returns: what the closure returns.
  /// - Throws: ``EndpointError``: `timeout`, and what the closure throws.
  public func withLock<Result: ~Copyable>(
    atMost patience: Duration = patience, _ body: () throws(EndpointError) -> Result
  ) throws(EndpointError) -> Result {
    let turn = try hold(atMost: patience)
    defer { Leftovers.remove(turn) }
    return try body()
  }

  /// Takes it as a lock: it is given back at the latest when the process ends through ``Leftovers``.
  ///
  /// - Parameter patience: how long to wait at most.
  /// - Returns: what gives it back, and must before this value goes.
  /// - Throws: ``EndpointError`` of kind `timeout`.
  package func hold(atMost patience: Duration = patience) throws(EndpointError) -> Leftovers.Entry {
    try wait(atMost: patience)
    nonisolated(unsafe) let semaphore = semaphore
    return Leftovers.add { sem_post(semaphore) }
  }

  /// Removes a semaphore's name; whoever has it open keeps it.
  ///
  /// - Throws: ``EndpointError`` of kind `missing`.
  public static func unlink(_ name: String) throws(EndpointError) {
    guard sem_unlink(name) == 0 else { throw EndpointError(errno: errno, during: "removing the semaphore \(name)") }
  }

  private static func checkName(_ name: String) throws(EndpointError) {
    // The system puts "sem." before it, and a file's name has at most 255 bytes.
    guard SharedMemory.isName(name), name.utf8.count <= 251 else {
      throw EndpointError(.usage, "\"\(name)\" is no semaphore's name; use a slash and a word, such as /mp-k3v9x_0a.")
    }
  }
}
