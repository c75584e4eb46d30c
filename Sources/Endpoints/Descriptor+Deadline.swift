import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads and writes that end in time. They ask before each call whether it would wait, which the ones without a deadline
/// need not.
extension Descriptor {
  /// Reads what is there, waiting for at least one byte, but not for ever.
  ///
  /// - Parameters:
  ///   - buffer: where to put it, at least one byte long.
  ///   - deadline: until when to wait.
  /// - Returns: the number of bytes; 0 at the end of the stream, which is not an error.
  /// - Throws: ``EndpointError``: `timeout` if nothing came in time, otherwise as ``read(into:)``.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
  ) throws(EndpointError) -> Int {
    try wait(for: POLLIN, until: deadline, "to send")
    return try read(into: buffer)
  }

  /// Writes all of some bytes, waiting while the peer has no room, but not for ever.
  ///
  /// - Parameters:
  ///   - bytes: what to write.
  ///   - deadline: until when to wait.
  /// - Throws: ``EndpointError``: `timeout` if the peer did not take all in time, and then a part of it is on its way; otherwise as ``write(_:)``.
  public func write(_ bytes: Span<UInt8>, until deadline: Deadline) throws(EndpointError) {
    var written = 0
    while written < bytes.count {
      try wait(for: POLLOUT, until: deadline, "to read")
      let outcome = bytes.extracting(written..<bytes.count).withUnsafeBytes { writeWithoutWaiting($0) }
      switch outcome {
      case .success(let count): written += count
      case .failure(let failure) where failure.code == EAGAIN || failure.code == EINTR: continue
      case .failure(let failure): throw EndpointError(errno: failure.code, during: "writing")
      }
    }
  }

  private struct Failure: Error { let code: Int32 }

  /// A blocking write of a part that has room would still wait for the rest to have room.
  private func writeWithoutWaiting(_ bytes: UnsafeRawBufferPointer) -> Result<Int, Failure> {
    var count = send(number, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
    // A pipe that is ready has room for so many bytes at least.
    if count < 0, errno == ENOTSOCK { count = systemWrite(number, bytes.baseAddress, min(bytes.count, 512)) }
    return count >= 0 ? .success(count) : .failure(Failure(code: errno))
  }

  /// Waits until a call would not wait: a byte has come, there is room, or the peer is gone.
  ///
  /// - Parameters:
  ///   - events: what `poll` is to wait for.
  ///   - deadline: until when to wait; for ever without one.
  ///   - part: what the peer has to do, for the error.
  /// - Throws: ``EndpointError`` of kind `timeout`.
  func wait(for events: Int32, until deadline: Deadline?, _ part: String) throws(EndpointError) {
    while true {
      var entry = pollfd(fd: number, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, deadline?.milliseconds ?? -1)
      if count > 0 { return }
      if count == 0, deadline?.isOver ?? false {
        throw EndpointError(.timeout, "The peer had until now \(part), and did not; is it alive, and does it know?")
      }
      if count < 0, errno != EINTR { throw EndpointError(errno: errno, during: "waiting") }
    }
  }
}
