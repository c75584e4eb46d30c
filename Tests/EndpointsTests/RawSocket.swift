import Endpoints
import Foundation
import Testing

/// A Unix socket without the library: bound, and nothing else.
enum RawSocket {
  /// The types of Unix sockets that this system has.
  #if os(Linux)
  static let stream = Int32(SOCK_STREAM.rawValue)
  static let datagram = Int32(SOCK_DGRAM.rawValue)
  static let types = [stream, datagram, Int32(SOCK_SEQPACKET.rawValue)]
  #else
  static let stream = SOCK_STREAM
  static let datagram = SOCK_DGRAM
  static let types = [stream, datagram]
  #endif

  /// Binds a socket, whose file stays when the descriptor goes: it is stale then, as after a process that was killed.
  @discardableResult
  static func bound(_ path: String, _ type: Int32 = stream) throws -> Descriptor {
    let descriptor = Descriptor(owning: socket(AF_UNIX, type, 0))
    _ = fcntl(descriptor.number, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let number = descriptor.number
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(code == 0)
    return descriptor
  }
}
