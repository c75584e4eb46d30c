import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a socket of this machine listens, or receives.
///
/// ```swift
/// let address = SocketAddress.unix(path: "/run/user/1000/app.sock")
/// ```
public enum SocketAddress: Equatable, Sendable {
  /// A Unix socket with a file, at most 107 bytes of path on Linux and 103 on macOS.
  case unix(path: String)
  /// A Unix socket of Linux's abstract namespace: a name of 1 to 107 bytes, no file. There is no permission check.
  case abstract(name: String)
  /// A TCP port of 127.0.0.1; 0 lets the system choose when listening.
  case tcp(port: UInt16)

  /// What .NET's `NamedPipeServerStream` and `NamedPipeClientStream` make of a pipe's name on Linux and macOS: the Unix
  /// socket `$TMPDIR/CoreFxPipe_NAME`, `/tmp` without `TMPDIR`; a name that is an absolute path is the path itself.
  public static func dotnetPipe(name: String) -> SocketAddress {
    guard !name.hasPrefix("/") else { return .unix(path: name) }
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return .unix(path: "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/CoreFxPipe_\(name)")
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The address as people write it: the path, `@name`, or `127.0.0.1:port`.
  public var description: String {
    switch self {
    case .unix(let path): path
    case .abstract(let name): "@\(name)"
    case .tcp(let port): "127.0.0.1:\(port)"
    }
  }
}

extension SocketAddress {
  var domain: Int32 {
    if case .tcp = self { AF_INET } else { AF_UNIX }
  }

  /// Calls the body with the system's form of the address.
  ///
  /// - Throws: ``EndpointError`` of kind `usage` if the address does not fit; it is never cut short.
  func withSystemAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(EndpointError) -> Result {
    var storage = sockaddr_storage()
    let length = fill(&storage)
    guard length > 0 else {
      throw EndpointError(
        .usage, "The address \(self) is empty, too long for a socket address, or needs Linux; choose a short one.")
    }
    return withUnsafePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  private func fill(_ storage: inout sockaddr_storage) -> socklen_t {
    switch self {
    case .unix(let path):
      guard !path.isEmpty, !path.utf8.contains(0) else { return 0 }
      return parley_unix_address(&storage, path, path.utf8.count, false)
    case .abstract(let name):
      #if os(Linux)
      guard !name.isEmpty else { return 0 }
      return parley_unix_address(&storage, name, name.utf8.count, true)
      #else
      return 0
      #endif
    case .tcp(let port):
      return withUnsafeMutableBytes(of: &storage) { bytes in
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        withUnsafeBytes(of: &address) { bytes.copyMemory(from: $0) }
        return socklen_t(MemoryLayout<sockaddr_in>.size)
      }
    }
  }
}
