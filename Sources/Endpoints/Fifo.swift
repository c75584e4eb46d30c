import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Named pipes.
///
/// A FIFO is one way; for a conversation use two.
///
/// Important: opening waits until the other end is opened too. Open two FIFOs in the same order on both sides, or both
/// sides wait for ever.
///
/// ```swift
/// try Fifo.make(at: "/tmp/requests")
/// var requests = MessageStream(try Fifo.openForReading("/tmp/requests"), framing: .line)
/// while let request = try requests.receive() { print(request.count) }
/// ```
public enum Fifo {
  /// Makes the node, for this user only.
  ///
  /// - Throws: ``EndpointError``, kind `exists` if the path is taken.
  public static func make(at path: String) throws(EndpointError) {
    guard mkfifo(path, 0o600) == 0 else { throw EndpointError(errno: errno, during: "making the FIFO \(path)") }
  }

  /// Opens the reading end; waits for a writer.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, or `usage` if the path is something other than a FIFO.
  public static func openForReading(_ path: String) throws(EndpointError) -> Descriptor {
    try open(path, O_RDONLY)
  }

  /// Opens the writing end; waits for a reader.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, or `usage` if the path is something other than a FIFO.
  public static func openForWriting(_ path: String) throws(EndpointError) -> Descriptor {
    try open(path, O_WRONLY)
  }

  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    var status = stat()
    guard stat(path, &status) == 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    // Opened for writing, a regular file would take the frames and keep them.
    guard status.st_mode & S_IFMT == S_IFIFO else {
      throw EndpointError(.usage, "\(path) is not a FIFO; make one with mkfifo.")
    }
    while true {
      let number = parley_open(path, flags, 0)
      if number >= 0 { return Descriptor(owning: number) }
      if errno != EINTR { throw EndpointError(errno: errno, during: "opening \(path)") }
    }
  }
}
