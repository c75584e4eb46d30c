import CPlatform
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files that carry messages too long for a line.
enum MessageFile {
  /// Reads a message; throws `too-large` if the file has more bytes than the limit.
  static func read(_ path: String, limit: Int) throws(EndpointError) -> [UInt8] {
    let descriptor = try open(path, O_RDONLY)
    let size = try regularSize(of: descriptor, path)
    guard size <= limit else { throw EndpointError(FramingError.tooLarge(length: UInt64(size), limit: limit)) }
    var content = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < content.count {
      let rest = filled..<content.count
      let count = try content.withUnsafeMutableBufferPointer { bytes throws(EndpointError) in
        try descriptor.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[rest])))
      }
      guard count > 0 else { break }
      filled += count
    }
    content.removeLast(content.count - filled)
    return content
  }

  /// Writes a message to a new file, or replaces the content of an existing one.
  static func write(_ message: Span<UInt8>, to path: String) throws(EndpointError) {
    let descriptor = try open(path, O_WRONLY | O_CREAT)
    _ = try regularSize(of: descriptor, path)
    guard ftruncate(descriptor.number, 0) == 0 else { throw EndpointError(errno: errno, during: "emptying \(path)") }
    try descriptor.write(message)
  }

  /// Opens a regular file without blocking.
  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw EndpointError(.usage, "The path is empty or has a NUL byte.")
    }
    // Checked before opening: opening a FIFO would unblock a process that waits at its other end, and opening a device can have
    // side effects.
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else { throw notRegular(path) }
    let number = parley_open(path, flags | O_NONBLOCK | O_NOCTTY, 0o600)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    return Descriptor(owning: number)
  }

  private static func regularSize(of descriptor: borrowing Descriptor, _ path: String) throws(EndpointError) -> Int {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw notRegular(path) }
    return Int(status.st_size)
  }

  private static func notRegular(_ path: String) -> EndpointError {
    EndpointError(.usage, "\(path) is not a regular file.")
  }
}
