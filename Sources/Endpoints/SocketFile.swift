#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file that a Unix socket makes at its path when it is bound, and that nobody removes by itself.
struct SocketFile: Equatable, Sendable {
  private let path: String
  private let device: dev_t
  private let node: ino_t

  /// Takes note of what is at a path; nil if it is no socket.
  private init?(at path: String) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    (self.path, device, node) = (path, status.st_dev, status.st_ino)
  }

  /// Binds a socket to an address, in the place of a stale file if need be.
  ///
  /// - Returns: the file that it made; nil for an address without one.
  /// - Throws: ``EndpointError``: `exists` where somebody has the address or the path is no socket, `usage`, `denied`, `missing`.
  static func binding(
    _ descriptor: borrowing Descriptor, to address: SocketAddress
  ) throws(EndpointError) -> SocketFile? {
    var code = try systemBind(descriptor.number, address)
    if code == EADDRINUSE, case .unix(let path) = address, let old = SocketFile(at: path), try old.isStale() {
      old.remove()
      code = try systemBind(descriptor.number, address)
    }
    guard code == 0 else { throw EndpointError(errno: code, during: "listening on \(address)") }
    guard case .unix(let path) = address else { return nil }
    return SocketFile(at: path)
  }

  /// Removes the file, unless another has taken its place.
  ///
  /// An open socket keeps its inode from being used again, so call this before closing the socket.
  func remove() {
    if self == SocketFile(at: path) { unlink(path) }
  }

  /// Whether the file is left from a process that is gone.
  ///
  /// Only connecting tells. A datagram socket is refused by a living stream or packet socket because of its type, and connects
  /// to another datagram socket without a trace: whoever has the file does not notice.
  private func isStale() throws(EndpointError) -> Bool {
    let probe = try Descriptor.datagramSocket()
    let number = probe.number
    let code = try SocketAddress.unix(path: path).withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    return code == ECONNREFUSED
  }
}

private func systemBind(_ number: Int32, _ address: SocketAddress) throws(EndpointError) -> Int32 {
  try address.withSystemAddress { bind(number, $0, $1) == 0 ? 0 : errno }
}
