import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// Prepares the places at which something is wrong, and keeps them so while a phase lasts.
final class Places {
  private let channel: Channel
  private let folder: String
  private let temporaryFolder: String
  private let tag: String
  private var listeners: [Listener] = []
  private var boundOnly: [Holder] = []

  private final class Listener {
    let listener: SocketListener
    init(_ listener: consuming SocketListener) { self.listener = listener }
  }

  private final class Holder {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(_ channel: Channel, folder: String, temporaryFolder: String, tag: String) {
    self.channel = channel
    self.folder = folder
    self.temporaryFolder = temporaryFolder
    self.tag = tag
  }

  /// Prepares a place and returns its address.
  func address(of place: Place) throws(HarnessError) -> String {
    do {
      switch place {
      case .nowhere: return try nowhere()
      case .stale: return try stale()
      case .taken: return try taken()
      case .tooLong: return named(path(String(repeating: "x", count: 120)))
      case .link: return SlotLink.path(in: folder)
      }
    } catch {
      throw HarnessError("Cannot prepare a place for \(channel): \(error.message)")
    }
  }

  private var kind: SocketKind { channel.transport == .unixSeqpacket ? .packets : .stream }

  /// Where a file of the transport belongs.
  private func path(_ name: String) -> String {
    channel.transport == .dotnetPipe
      ? "\(temporaryFolder)/\(LinkRequest.dotnetPipePrefix)\(tag)-\(name)" : "\(folder)/\(name)"
  }

  /// The path as an endpoint is told it: of a .NET pipe only the name.
  private func named(_ path: String) -> String {
    guard channel.transport == .dotnetPipe else { return path }
    return String(path.dropFirst("\(temporaryFolder)/\(LinkRequest.dotnetPipePrefix)".count))
  }

  private func nowhere() throws(EndpointError) -> String {
    switch channel.transport {
    case .unixAbstract: return "@\(tag)-nobody"
    case .tcp: return try portWithoutListener()
    default: return named(path("nobody"))
    }
  }

  /// Bound and not listening: nobody else can take the port meanwhile, and connecting is refused.
  private func portWithoutListener() throws(EndpointError) -> String {
    let number = parley_socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "making a socket") }
    boundOnly.append(Holder(Descriptor(owning: number)))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
      }
    }
    guard isBound else { throw EndpointError(errno: errno, during: "binding a port") }
    return SocketAddress.tcp(port: UInt16(bigEndian: address.sin_port)).description
  }

  private func stale() throws(EndpointError) -> String {
    let path = path("stale")
    // The file's name is changed before the listener goes, so that the listener does not remove it.
    let temporary = "\(folder)/dying"
    do {
      let listener = try SocketListener(.unix(path: temporary), kind: kind)
      rename(temporary, path)
      _ = consume listener
    }
    return named(path)
  }

  private func taken() throws(EndpointError) -> String {
    if let known = listeners.first { return named(known.listener.address.description) }
    let address: SocketAddress =
      switch channel.transport {
      case .tcp: .tcp(port: 0)
      case .unixAbstract: .abstract(name: "\(tag)-taken")
      default: .unix(path: path("taken"))
      }
    let listener = Listener(try SocketListener(address, kind: kind))
    listeners.append(listener)
    return named(listener.listener.address.description)
  }
}
