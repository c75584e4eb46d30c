import AdapterProtocol
import Cases
import Endpoints

/// The addresses of a link's sockets, both the runner's and the endpoints'.
struct LinkAddress {
  /// The channel, whose transport determines the form of an address.
  let channel: Channel
  /// The path of the case's folder.
  let folder: String
  /// The endpoints' `TMPDIR`.
  let temporaryFolder: String
  /// A text unique to the case, for names outside the file system.
  let tag: String

  /// The prefix that .NET puts before a pipe's name to get the name of its socket.
  static let dotnetPipePrefix = "CoreFxPipe_"

  /// The address of one of the case's sockets, by its name.
  func socket(_ name: String) -> SocketAddress {
    switch channel.traits.address {
    case .loopbackPort: .tcp(port: 0)
    case .abstractName: .abstract(name: "\(tag)-\(name)")
    default: .unix(path: path(name))
    }
  }

  /// The path of one of the transport's files.
  func path(_ name: String) -> String {
    channel.traits.address == .pipeName
      ? "\(temporaryFolder)/\(Self.dotnetPipePrefix)\(tag)-\(name)" : "\(folder)/\(name)"
  }

  /// An address as commands give it: for a .NET pipe only the name.
  func text(_ address: SocketAddress) -> String { text(address.description) }

  /// A path as commands give it.
  func text(_ path: String) -> String {
    guard channel.traits.address == .pipeName else { return path }
    return String(path.dropFirst("\(temporaryFolder)/\(Self.dotnetPipePrefix)".count))
  }

  /// The kind of the transport's connected sockets.
  var kind: SocketKind { channel.traits.content == .packets ? .packets : .stream }
}
