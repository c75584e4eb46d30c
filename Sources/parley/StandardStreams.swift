import Foundation
import Journal
import Synchronization

extension FileHandle {
  /// Writes text in which nothing steers a terminal.
  func writeReport(_ text: String) { writeBare(text.harmless) }

  /// Writes text as it is.
  ///
  /// A reader that has gone away has what it wanted. Anything else that is in the way of standard output is kept for
  /// ``StandardOutput/problem``.
  func writeBare(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(fileDescriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        var entry = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
        continue
      }
      guard count > 0 else {
        if fileDescriptor == STDOUT_FILENO { StandardOutput.note(errno) }
        return
      }
      rest = rest.dropFirst(count)
    }
  }
}

/// Whether all that was printed has arrived.
enum StandardOutput {
  private static let failure = Mutex<Int32?>(nil)

  static func note(_ code: Int32) { failure.withLock { $0 = $0 ?? code } }

  /// What was in the way of standard output; nil if nothing was, or its reader has gone away.
  static var problem: String? {
    // What the argument parser prints is in a buffer until now.
    if fflush(nil) != 0 { note(errno) }
    guard let code = failure.withLock({ $0 }), code != EPIPE else { return nil }
    return "Cannot write to standard output: \(String(cString: strerror(code)))."
  }
}
