import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The sockets of the machine, as far as the system tells of them: Linux does, in `/proc/net` (proc_net(5)).
package enum SocketTable {
  /// A Unix socket that has a name, or a connection to one.
  package struct UnixSocket: Sendable {
    /// The path as it was given to `bind`, perhaps a relative one, or `@` and an abstract name.
    package let name: String
    /// Whether it is a listener, and not one of its connections.
    package let isListening: Bool
    /// Whether it takes datagrams, for which nobody listens.
    package let isDatagram: Bool
  }

  /// A TCP socket.
  package struct TCPSocket: Sendable {
    /// The port on this machine.
    package let port: UInt16
    /// Whether its own address is 127.0.0.1.
    package let isOnLoopback: Bool
    package let isListening: Bool
    /// Whether it is what an earlier connection has left at its port.
    package let isClosed: Bool
  }

  /// The Unix sockets; nil if the system does not tell.
  package static var unixSockets: [UnixSocket]? {
    // Num RefCount Protocol Flags Type St Inode Path
    lines("/proc/net/unix")?.compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 7)
      guard fields.count == 8, let flags = UInt32(fields[3], radix: 16) else { return nil }
      // A connection has its listener's name; the flag SO_ACCEPTCON is the listener's own.
      return UnixSocket(name: String(fields[7]), isListening: flags & 0x10000 != 0, isDatagram: fields[4] == "0002")
    }
  }

  /// The TCP sockets; nil if the system does not tell.
  package static var tcpSockets: [TCPSocket]? {
    guard let lines = lines("/proc/net/tcp") else { return nil }
    // 127.0.0.1 in the byte order of the machine; an IPv6 socket has it as the end of a longer address.
    let digits = String(UInt32(0x7f00_0001).bigEndian, radix: 16, uppercase: true)
    let loopback = String(repeating: "0", count: 8 - digits.count) + digits
    return (lines + (Self.lines("/proc/net/tcp6") ?? [])).compactMap { line in
      // The second field is the own address and port, the fourth the state.
      let fields = line.split(separator: " ", maxSplits: 4)
      guard fields.count == 5, let colon = fields[1].lastIndex(of: ":"),
        let port = UInt16(fields[1][colon...].dropFirst(), radix: 16)
      else { return nil }
      return TCPSocket(
        port: port, isOnLoopback: fields[1][..<colon].hasSuffix(loopback), isListening: fields[3] == "0A",
        isClosed: fields[3] == "06")
    }
  }

  private static func lines(_ path: String) -> [Substring]? {
    // Names are any bytes.
    SystemFile.content(of: path).map { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
  }
}
