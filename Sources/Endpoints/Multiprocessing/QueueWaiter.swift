import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A thread that waits at a queue for another one.
///
/// It is woken through a pipe, not through a condition, so that it can watch its client's connection meanwhile.
final class QueueWaiter: Sendable {
  private let pipe: Descriptor.Pipe

  /// Why a wait ended.
  enum Wake { case signalled, timedOut, ready }

  /// What else ends a wait.
  enum Watched {
    /// A socket whose peer hangs up.
    case hangUp(Int32)
    /// A listener to which somebody connects.
    case connections(Int32)

    var number: Int32 {
      switch self {
      case .hangUp(let number), .connections(let number): number
      }
    }
  }

  init() throws(EndpointError) { pipe = try Descriptor.pipe() }

  /// Wakes it, now or when it next waits.
  func signal() {
    var byte: UInt8 = 1
    while systemWrite(pipe.writer.number, &byte, 1) < 0 && errno == EINTR {}
  }

  /// Waits for a signal.
  ///
  /// - Parameters:
  ///   - deadline: until when; for ever without one.
  ///   - other: what else ends the wait, which is then `ready`.
  /// - Returns: why the wait ended.
  func wait(until deadline: Deadline?, watching other: Watched? = nil) -> Wake {
    var entries = [pollfd(fd: pipe.reader.number, events: Int16(POLLIN), revents: 0)]
    if let other { entries.append(pollfd(fd: other.number, events: Int16(POLLIN), revents: 0)) }
    while true {
      let count = poll(&entries, nfds_t(entries.count), deadline?.milliseconds ?? -1)
      guard count > 0 else {
        if count == 0, deadline?.isOver ?? false { return .timedOut }
        continue
      }
      if entries[0].revents != 0 {
        var byte: UInt8 = 0
        _ = withUnsafeMutableBytes(of: &byte) { try? pipe.reader.read(into: $0) }
        return .signalled
      }
      switch other {
      case .connections?: return .ready
      case .hangUp(let socket)? where Self.isGone(socket): return .ready
      // It has sent its next request already: only its hanging up is of interest from now on.
      case .hangUp?: entries[1].events = 0
      case nil: break
      }
    }
  }

  private static func isGone(_ socket: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
  }
}
