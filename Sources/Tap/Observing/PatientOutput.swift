import CPlatform
import Foundation

/// Standard output, or a file in its place, that may take its time or go away: what it does not take is kept for a while.
struct PatientOutput {
  private let number: Int32
  private var waiting: [UInt8] = []
  /// Why nothing more is written; nil while it takes something, or its reader went away having seen enough.
  private(set) var problem: String?
  private(set) var isGone = false

  /// A pipe that is ready takes so many bytes without waiting (PIPE_BUF of POSIX is less, that of Linux is this).
  private static let piece = 4096

  /// Writes to a descriptor, which stays open.
  init(_ number: Int32) { self.number = number }

  /// How many bytes wait.
  var backlog: Int { waiting.count }

  /// Adds a line.
  mutating func add(_ line: String) {
    guard !isGone else { return }
    waiting += line.utf8
    waiting.append(0x0a)
  }

  /// Writes what is taken now.
  ///
  /// - Parameter milliseconds: how long to wait until something is taken.
  /// - Returns: false if not all of it was taken.
  @discardableResult
  mutating func flush(_ milliseconds: Int32 = 0) -> Bool {
    var start = 0
    while start < waiting.count, !isGone {
      var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, milliseconds) > 0 else { break }
      let end = min(waiting.count, start + Self.piece)
      let count = waiting[start..<end].withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno != EINTR && errno != EAGAIN {
        isGone = true
        if errno != EPIPE { problem = String(cString: strerror(errno)) }
      }
    }
    if isGone {
      waiting = []
    } else {
      waiting.removeFirst(start)
    }
    return waiting.isEmpty
  }

  /// Throws away what waits.
  ///
  /// - Returns: how many lines that were.
  mutating func abandon() -> Int {
    // The first line may be half written; its end must follow.
    let first = waiting.firstIndex(of: 0x0a).map { $0 + 1 } ?? waiting.count
    let lines = waiting[first...].count { $0 == 0x0a }
    waiting.removeSubrange(first...)
    return lines
  }
}
