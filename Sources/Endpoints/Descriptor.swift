import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system call, whose name the methods below hide.
func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(number, bytes, count)
}

/// A file descriptor that has one owner and closes itself when the owner lets go.
///
/// Reads and writes are plain system calls that survive signals (`EINTR`) and, for writes, partial counts.
///
/// ```swift
/// let pipe = try Descriptor.pipe()
/// try pipe.writer.write(Array("hello".utf8).span)
/// var buffer = [UInt8](repeating: 0, count: 16)
/// let count = try buffer.withUnsafeMutableBytes { try pipe.reader.read(into: $0) }  // 5
/// ```
public struct Descriptor: ~Copyable, Sendable {
  /// The number that the system knows it by, valid as long as this value lives.
  public let number: Int32

  /// Takes ownership of an open descriptor; nobody else may close it from now on.
  public init(owning number: Int32) { self.number = number }

  deinit { _ = close(number) }

  /// Gives the ownership up, to hand the number to something that closes it itself.
  public consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  /// The two ends of an anonymous pipe, both close-on-exec.
  @frozen
  public struct Pipe: ~Copyable, Sendable {
    /// Where bytes come out.
    public let reader: Descriptor
    /// Where bytes go in.
    public let writer: Descriptor
  }

  /// Makes an anonymous pipe.
  ///
  /// - Throws: ``EndpointError`` of kind `internal` when no descriptors are left.
  public static func pipe() throws(EndpointError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    guard parley_pipe(&ends) == 0 else { throw EndpointError(errno: errno, during: "making a pipe") }
    return Pipe(reader: Descriptor(owning: ends[0]), writer: Descriptor(owning: ends[1]))
  }

  /// Takes over a descriptor that was inherited from the parent process, and keeps it from being inherited further.
  ///
  /// - Parameter number: 3 or more, as the parent told it.
  /// - Returns: the descriptor, now owned here.
  /// - Throws: ``EndpointError`` of kind `usage` for 0 to 2, `missing` if it is not open.
  public static func inherited(_ number: Int32) throws(EndpointError) -> Descriptor {
    guard number > 2 else {
      throw EndpointError(.usage, "Descriptor \(number) is a standard stream; pass one of 3 or more.")
    }
    guard parley_is_open(number) else {
      throw EndpointError(.missing, "Descriptor \(number) is not open; the parent must let the child inherit it.")
    }
    _ = parley_set_close_on_exec(number)
    return Descriptor(owning: number)
  }

  /// Reads what is there, waiting for at least one byte.
  ///
  /// - Parameter buffer: where to put it, at least one byte long.
  /// - Returns: the number of bytes; 0 at the end of the stream, which is not an error.
  /// - Throws: ``EndpointError``, kind `reset` if the peer went away with unread data.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(EndpointError) -> Int {
    while true {
      #if canImport(Glibc)
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      #else
      let count = Darwin.read(number, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      if errno == EAGAIN {
        wait(for: POLLIN)
      } else if errno != EINTR {
        throw EndpointError(errno: errno, during: "reading")
      }
    }
  }

  /// Writes all of some bytes, waiting as long as the peer has no room.
  ///
  /// - Throws: ``EndpointError``, kind `closed` if nobody can read any more.
  public func write(_ bytes: Span<UInt8>) throws(EndpointError) {
    let failure = bytes.withUnsafeBytes { bytes in
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      return writeAll(bytes, nothing, nothing)
    }
    if failure != 0 { throw EndpointError(errno: failure, during: "writing") }
  }

  /// Writes three runs of bytes as one, in one system call where the system has room for all.
  ///
  /// - Throws: ``EndpointError``, kind `closed` if nobody can read any more.
  public func write(prefix: Span<UInt8>, _ payload: Span<UInt8>, suffix: Span<UInt8>) throws(EndpointError) {
    let failure = prefix.withUnsafeBytes { prefix in
      payload.withUnsafeBytes { payload in
        suffix.withUnsafeBytes { suffix in writeAll(prefix, payload, suffix) }
      }
    }
    if failure != 0 { throw EndpointError(errno: failure, during: "writing") }
  }

  /// Returns 0 or the errno: a typed error cannot cross the three buffer closures.
  private func writeAll(
    _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ third: UnsafeRawBufferPointer
  ) -> Int32 {
    let total = first.count + second.count + third.count
    var written = 0
    while written < total {
      var skipped = written
      var vectors = (rest(of: first, &skipped), rest(of: second, &skipped), rest(of: third, &skipped))
      // A plain write where one run is all: it is a little cheaper.
      let count =
        total == first.count
        ? systemWrite(number, vectors.0.iov_base, vectors.0.iov_len)
        : withUnsafeBytes(of: &vectors) {
          writev(number, $0.baseAddress?.assumingMemoryBound(to: iovec.self), 3)
        }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        wait(for: POLLOUT)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  private func rest(of part: UnsafeRawBufferPointer, _ skipped: inout Int) -> iovec {
    let taken = min(skipped, part.count)
    skipped -= taken
    return iovec(
      iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress.map { $0 + taken }),
      iov_len: part.count - taken)
  }

  /// Waits until the descriptor is ready.
  ///
  /// A blocking call can still meet `EAGAIN`: the non-blocking flag belongs to the open file, and whoever else holds
  /// it, such as the parent process, may have set it.
  func wait(for events: Int32) {
    var entry = pollfd(fd: number, events: Int16(events), revents: 0)
    _ = poll(&entry, 1, -1)
  }
}
