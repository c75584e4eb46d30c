import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Descriptor {
  /// Begins to connect to a listener on this machine, without waiting; the socket never blocks.
  ///
  /// Over TCP the connection is there when the socket can be written to and `SO_ERROR` is 0.
  ///
  /// - Parameters:
  ///   - address: where somebody listens.
  ///   - kind: what the listener's socket carries.
  /// - Returns: the socket; nil where the listener's queue is full, so try again soon.
  /// - Throws: as ``connected(to:kind:)``.
  package static func connecting(to address: SocketAddress, kind: SocketKind) throws(EndpointError) -> Descriptor? {
    let descriptor = try socket(address.domain, kind)
    let number = descriptor.number
    guard parley_set_nonblocking(number, true) == 0 else {
      throw EndpointError(errno: errno, during: "making a socket")
    }
    var code: Int32
    repeat {
      code = try address.withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    } while code == EINTR && address.domain == AF_UNIX
    if code == EAGAIN, address.domain == AF_UNIX { return nil }
    guard code == 0 || code == EINPROGRESS || code == EINTR else {
      throw EndpointError(errno: code, during: "connecting to \(address)")
    }
    if case .tcp = address { descriptor.disableDelay() }
    return descriptor
  }

  /// Sends small messages of an accepted connection at once.
  package static func disableDelay(of number: Int32) {
    var yes: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// A second number for the same socket, close-on-exec.
  package static func duplicate(of number: Int32) throws(EndpointError) -> Descriptor {
    let copy = parley_duplicate(number, 0)
    guard copy >= 0 else { throw EndpointError(errno: errno, during: "duplicating a descriptor") }
    return Descriptor(owning: copy)
  }
}

extension SocketAddress {
  /// Finds out whether somebody listens, without the listener noticing: it accepts nobody more.
  ///
  /// A datagram socket is refused by a living stream or packet socket because of its type. Of TCP, Linux tells in `/proc`;
  /// elsewhere nothing is known.
  ///
  /// - Throws: ``EndpointError``: `missing`, `refused`, `denied`, `usage`, as connecting would.
  package func checkListener() throws(EndpointError) {
    if case .tcp(let port) = self {
      guard let sockets = SocketTable.tcpSockets, !sockets.contains(where: { $0.port == port && $0.isListening }) else {
        return
      }
      throw EndpointError(errno: ECONNREFUSED, during: "connecting to \(self)")
    }
    let probe = try Descriptor.datagramSocket()
    let number = probe.number
    var code: Int32
    repeat {
      code = try withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    } while code == EINTR
    // It connects to a datagram socket without a trace.
    guard code != 0, code != EPROTOTYPE else { return }
    throw EndpointError(errno: code, during: "connecting to \(self)")
  }
}
