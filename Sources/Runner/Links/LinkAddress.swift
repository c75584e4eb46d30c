import AdapterProtocol
import Cases
import Endpoints

/// Where a link's sockets are: the runner's own, and those that the endpoints make.
struct LinkAddress {
  /// The channel, whose transport says what an address is.
  let channel: Channel
  /// The case's folder.
  let folder: String
  /// What the endpoints have as `TMPDIR`.
  let temporaryFolder: String
  /// A text that no other case uses, for names outside the file system.
  let tag: String

  /// What .NET puts before a pipe's name to have the name of its socket.
  static let dotnetPipePrefix = "CoreFxPipe_"

  /// The address with a name of the case's own.
  func socket(_ name: String) -> SocketAddress {
    switch channel.traits.address {
    case .loopbackPort: .tcp(port: 0)
    case .abstractName: .abstract(name: "\(tag)-\(name)")
    default: .unix(path: path(name))
    }
  }

  /// Where a file of the transport belongs.
  func path(_ name: String) -> String {
    channel.traits.address == .pipeName
      ? "\(temporaryFolder)/\(Self.dotnetPipePrefix)\(tag)-\(name)" : "\(folder)/\(name)"
  }

  /// An address as an endpoint is told it: of a .NET pipe only the name.
  func text(_ address: SocketAddress) -> String { text(address.description) }

  /// A path as an endpoint is told it.
  func text(_ path: String) -> String {
    guard channel.traits.address == .pipeName else { return path }
    return String(path.dropFirst("\(temporaryFolder)/\(Self.dotnetPipePrefix)".count))
  }

  /// The kind of the transport's sockets that have connections.
  var kind: SocketKind { channel.traits.content == .packets ? .packets : .stream }
}
