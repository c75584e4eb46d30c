import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// Prepares addresses at which opening a channel must fail, and keeps them that way during a phase.
final class Places {
  /// The names of the files that it creates and does not remove.
  static let ownFiles: Set<String> = ["stale", "file"]

  private let address: LinkAddress
  private var listeners: [Listener] = []
  private var receivers: [Receiver] = []
  private var takenAddress: String?
  private var boundOnly: [Holder] = []

  private final class Listener {
    let listener: SocketListener
    init(_ listener: consuming SocketListener) { self.listener = listener }

    /// Whether a process has connected; not one of another user, who may connect to every port and abstract name.
    func hasVisitor() -> Bool {
      while true {
        var entry = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 0) > 0, let visitor = try? listener.accept() else { return false }
        let user = parley_peer_user(visitor.number)
        // A connection over TCP that is closed again could be anybody's.
        if user == Int64(geteuid()) { return true }
      }
    }
  }

  private final class Receiver {
    let socket: DatagramSocket
    init(_ socket: consuming DatagramSocket) { self.socket = socket }
  }

  private final class Holder {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(_ address: LinkAddress) { self.address = address }

  /// Prepares a place; returns its address.
  func address(of place: Place) throws(HarnessError) -> String {
    do {
      switch place {
      case .nowhere: return try nowhere()
      case .stale: return try stale()
      case .taken: return try taken()
      case .tooLong: return address.text(address.path(String(repeating: "x", count: 120)))
      case .file: return try file()
      case .link: return SlotLink.path(in: address.folder)
      }
    } catch {
      throw HarnessError("Cannot prepare a place for \(address.channel): \(error.message)")
    }
  }

  private func nowhere() throws(EndpointError) -> String {
    switch address.channel.traits.address {
    case .abstractName: return address.text(address.socket("nobody"))
    case .loopbackPort: return try portWithoutListener()
    default: return address.text(address.path("nobody"))
    }
  }

  /// A port that is bound but not listening: no other process can take it, and connecting is refused.
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
    let path = address.path("stale")
    // Renamed before the listener is closed, so that the listener does not remove the file.
    let temporary = "\(address.folder)/dying"
    if address.isDatagram {
      let socket = try DatagramSocket(receivingAt: .unix(path: temporary))
      rename(temporary, path)
      _ = consume socket
    } else {
      let listener = try SocketListener(.unix(path: temporary), kind: address.kind)
      rename(temporary, path)
      _ = consume listener
    }
    return address.text(path)
  }

  private func taken() throws(EndpointError) -> String {
    if let known = takenAddress { return known }
    let wanted = address.socket("taken")
    if address.isDatagram {
      receivers.append(Receiver(try DatagramSocket(receivingAt: wanted)))
      takenAddress = address.text(wanted)
    } else {
      let listener = Listener(try SocketListener(wanted, kind: address.kind))
      listeners.append(listener)
      takenAddress = address.text(listener.listener.address)
    }
    return takenAddress ?? ""
  }

  /// The content of the regular file.
  private static let content = Array("not a socket".utf8)

  private func file() throws(EndpointError) -> String {
    let path = address.path("file")
    guard WholeFile.write(Self.content, to: path) else { throw EndpointError(errno: errno, during: "writing \(path)") }
    return address.text(path)
  }

  /// What an endpoint changed at a place; nil if nothing.
  func fault(at place: Place) -> Observation.Surroundings? {
    switch place {
    case .file: WholeFile.read(address.path("file")) == Self.content ? nil : .changedFile
    case .taken: listeners.contains { $0.hasVisitor() } ? .phantomPeer : nil
    case .nowhere, .stale, .tooLong, .link: nil
    }
  }
}

extension LinkAddress {
  /// Whether the transport's sockets have no connections.
  fileprivate var isDatagram: Bool { channel.traits.content == .packets && !channel.traits.hasAccept }
}
