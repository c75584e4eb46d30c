import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Descriptor {
  /// Connects to a listener on this machine.
  ///
  /// ```swift
  /// let connection = try Descriptor.connected(to: .unix(path: "/tmp/app.sock"))
  /// var stream = MessageStream(connection, framing: .line)
  /// try stream.send(Array("hello".utf8))
  /// let reply = try stream.receive()
  /// ```
  ///
  /// - Parameters:
  ///   - address: where somebody listens.
  ///   - kind: what the listener's socket carries.
  /// - Returns: the connection.
  /// - Throws: ``EndpointError``: `missing` without a socket file, `refused` where nobody listens, `denied`, `usage` for a path that is too long.
  public static func connected(
    to address: SocketAddress, kind: SocketKind = .stream
  ) throws(EndpointError) -> Descriptor {
    try connected(try socket(address.domain, kind), to: address)
  }

  /// Connects to a listener on this machine, but does not wait for ever where its queue is full.
  ///
  /// - Parameters:
  ///   - address: where somebody listens.
  ///   - deadline: until when to wait; Linux keeps it for Unix sockets too.
  /// - Returns: the connection, a byte stream.
  /// - Throws: ``EndpointError``: `timeout` if nobody made room in time, otherwise as ``connected(to:kind:)``.
  public static func connected(
    to address: SocketAddress, until deadline: Deadline
  ) throws(EndpointError) -> Descriptor {
    let descriptor = try socket(address.domain, .stream)
    // The system takes a timeout of 0 for none.
    descriptor.setSendTimeout(milliseconds: max(deadline.milliseconds, 1))
    let connection = try connected(descriptor, to: address)
    connection.setSendTimeout(milliseconds: 0)
    return connection
  }

  /// A datagram socket that sends to the one at an address.
  static func connectedDatagramSocket(to address: SocketAddress) throws(EndpointError) -> Descriptor {
    try connected(try datagramSocket(), to: address)
  }

  private static func connected(
    _ descriptor: consuming Descriptor, to address: SocketAddress
  ) throws(EndpointError) -> Descriptor {
    let number = descriptor.number
    var code = try address.withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    // An interrupted connect to a Unix socket has not begun; one over TCP goes on by itself.
    while code == EINTR, address.domain == AF_UNIX {
      code = try address.withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    }
    if code == EINTR { code = descriptor.completedConnection() }
    guard code == 0 else { throw EndpointError(errno: code, during: "connecting to \(address)") }
    if case .tcp = address { descriptor.disableDelay() }
    return descriptor
  }

  /// Half-closes a socket: the peer sees the end of the stream and can still send.
  ///
  /// - Throws: ``EndpointError``; a peer that is gone already is not an error.
  public func finishSending() throws(EndpointError) {
    guard shutdown(number, Int32(SHUT_WR)) == 0 || errno == ENOTCONN else {
      throw EndpointError(errno: errno, during: "half-closing")
    }
  }

  static func socket(_ domain: Int32, _ kind: SocketKind) throws(EndpointError) -> Descriptor {
    #if canImport(Glibc)
    let type = kind == .stream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_SEQPACKET.rawValue)
    #else
    let type = kind == .stream ? SOCK_STREAM : SOCK_SEQPACKET
    #endif
    return try socket(domain, type)
  }

  static func datagramSocket() throws(EndpointError) -> Descriptor {
    #if canImport(Glibc)
    try socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue))
    #else
    try socket(AF_UNIX, SOCK_DGRAM)
    #endif
  }

  private static func socket(_ domain: Int32, _ type: Int32) throws(EndpointError) -> Descriptor {
    let number = parley_socket(domain, type, 0)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "making a socket") }
    return Descriptor(owning: number)
  }

  /// Without this a small message can wait 40 ms for the acknowledgement of the one before.
  func disableDelay() { Self.disableDelay(of: number) }

  private func setSendTimeout(milliseconds: Int32) {
    var time = timeval()
    time.tv_sec = numericCast(milliseconds / 1000)
    time.tv_usec = numericCast(milliseconds % 1000 * 1000)
    setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Waits for a connect that goes on by itself: calling it again is an error, its outcome is in `SO_ERROR`.
  private func completedConnection() -> Int32 {
    var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    while poll(&entry, 1, -1) < 0 && errno == EINTR {}
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length)
    return code
  }
}
