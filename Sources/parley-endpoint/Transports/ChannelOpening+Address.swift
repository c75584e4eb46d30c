import AdapterProtocol
import Endpoints
import WireFormats

/// The address, parsed in the form that the transport's traits name.
extension ChannelOpening {
  /// The address of a socket.
  func socketAddress() throws(EndpointError) -> SocketAddress {
    switch traits.address {
    case .socketPath: .unix(path: address)
    case .abstractName: .abstract(name: try abstractName())
    case .pipeName: .dotnetPipe(name: try pipeName())
    case .loopbackPort: .tcp(port: try port())
    case .managerAddress:
      // The rule of Python's managers.
      address.hasPrefix("/") || !address.contains(":") ? .unix(path: address) : .tcp(port: try port())
    case .fifoPath, .descriptor, .filePath, .memoryName, .queuePipe:
      throw EndpointError(.internal, "The transport \(transport.rawValue) has no socket address.")
    }
  }

  /// The path of a file.
  func path() throws(EndpointError) -> String {
    // The system would stop reading at the NUL and open another file.
    guard !address.utf8.contains(0) else { throw EndpointError(.usage, "The path has a NUL byte.") }
    return address
  }

  /// The number of an inherited descriptor; nil if the address is not a number.
  var descriptorNumber: Int32? { Int32(digits: address) }

  private func abstractName() throws(EndpointError) -> String {
    guard address.hasPrefix("@"), address != "@" else {
      throw EndpointError(.usage, "An abstract address is @ and a name; \"\(address)\" is not.")
    }
    return String(address.dropFirst())
  }

  private func pipeName() throws(EndpointError) -> String {
    // .NET reserves this name, in any case.
    guard address.hasPrefix("/") || !address.contains("/"), address.lowercased() != "anonymous" else {
      throw EndpointError(.usage, "\"\(address)\" is not a .NET pipe name; use a word or an absolute path.")
    }
    return address
  }

  private func port() throws(EndpointError) -> UInt16 {
    let host = "127.0.0.1:"
    guard address.hasPrefix(host), let port = UInt16(digits: String(address.dropFirst(host.count))) else {
      throw EndpointError(.usage, "A TCP address is 127.0.0.1:PORT, loopback only; \"\(address)\" is not.")
    }
    guard port > 0 || role == .listen && traits.hasAccept else {
      throw EndpointError(.usage, "Port 0 is only for a listener that replies with the port that the system chose.")
    }
    return port
  }
}
