import CPlatform
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Messages that are too long for a line travel in files.
enum MessageFile {
  static func read(_ path: String, limit: Int) throws(EndpointError) -> [UInt8] {
    let descriptor = try open(path, O_RDONLY)
    var status = stat()
    guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw EndpointError(.usage, "\(path) is not a regular file.")
    }
    var content = [UInt8](repeating: 0, count: Int(status.st_size))
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

  static func write(_ message: Span<UInt8>, to path: String) throws(EndpointError) {
    try open(path, O_WRONLY | O_CREAT | O_TRUNC).write(message)
  }

  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    let number = parley_open(path, flags, 0o600)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    return Descriptor(owning: number)
  }
}
