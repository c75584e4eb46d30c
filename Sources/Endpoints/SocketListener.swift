import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A socket that waits for peers on this machine.
///
/// A stale socket file, one on which nobody listens any more, is replaced. The file is removed when the listener goes away,
/// unless somebody has put another in its place.
///
/// ```swift
/// let listener = try SocketListener(.unix(path: "/tmp/app.sock"))
/// var peer = MessageStream(try listener.accept(), framing: .line)
/// while let request = try peer.receive() {
///   try peer.send(request)
/// }
/// ```
public struct SocketListener: ~Copyable, Sendable {
  /// The real address: with the port that the system chose, where it did.
  public let address: SocketAddress
  private let descriptor: Descriptor
  private let file: SocketFile?

  /// Binds the address and listens.
  ///
  /// - Parameters:
  ///   - address: where to listen.
  ///   - kind: a byte stream unless told otherwise.
  ///   - backlog: how many peers may wait for ``accept(until:)``.
  /// - Throws: ``EndpointError``: `exists` where somebody listens or the path is no socket, `usage` for a path that is too
  ///   long, `denied`, `missing` for a missing folder. A stale socket file is not an error.
  public init(
    _ address: SocketAddress, kind: SocketKind = .stream, backlog: Int32 = 128
  ) throws(EndpointError) {
    let descriptor = try Descriptor.socket(address.domain, kind)
    if case .tcp = address {
      var yes: Int32 = 1
      setsockopt(
        descriptor.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
    let file = try SocketFile.binding(descriptor, to: address)
    guard listen(descriptor.number, backlog) == 0 else {
      let code = errno
      file?.remove()
      throw EndpointError(errno: code, during: "listening on \(address)")
    }
    self.address = Self.realAddress(of: descriptor, asked: address)
    number = descriptor.number
    self.descriptor = descriptor
    self.file = file
  }

  deinit { file?.remove() }

  /// What to poll for a waiting peer.
  package let number: Int32

  /// Waits for a peer.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the connection.
  /// - Throws: ``EndpointError``: `timeout` if nobody came in time, and then a later call can still accept somebody; `internal` when no descriptors are left. A peer that went away while it waited is not an error.
  public func accept(until deadline: Deadline? = nil) throws(EndpointError) -> Descriptor {
    // Between the look whether somebody waits and the call another process may take that peer.
    if deadline != nil, parley_set_nonblocking(descriptor.number, true) < 0 {
      throw EndpointError(errno: errno, during: "accepting on \(address)")
    }
    while true {
      let number = parley_accept(descriptor.number, false)
      if number >= 0 {
        let connection = Descriptor(owning: number)
        if case .tcp = address { connection.disableDelay() }
        return connection
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: try descriptor.wait(for: POLLIN, until: deadline, "to connect")
      default: throw EndpointError(errno: errno, during: "accepting on \(address)")
      }
    }
  }

  private static func realAddress(of descriptor: borrowing Descriptor, asked: SocketAddress) -> SocketAddress {
    guard case .tcp = asked else { return asked }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = descriptor.number
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
    }
    return .tcp(port: UInt16(bigEndian: address.sin_port))
  }
}

/// What a socket carries.
public enum SocketKind: Sendable {
  /// A stream of bytes, without bounds.
  case stream
  /// Packets in order whose bounds are kept; Linux only for Unix sockets.
  case packets
}
