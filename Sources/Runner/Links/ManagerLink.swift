import AdapterProtocol
import Cases

/// A link over a queue that one side serves and the other uses; a conversation has one queue for each direction.
///
/// There is no tap, because a client opens several connections, and they carry more than the messages.
final class ManagerLink: Link {
  private let request: LinkRequest
  let relays: [Relay] = []

  /// The key of every queue; it need not be secret, because the sockets are in a private folder.
  private static let key = Field("authkey", "7061726c6579")

  init(_ request: LinkRequest) { self.request = request }

  var opening: [LinkStep] {
    request.oneWayNames.flatMap { [.open(request.listener, $0), .barrier, .open(request.listener.other, $0)] }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    var command = request.openCommand(
      side, name, role: side == request.listener ? "listen" : "connect",
      address: "\(request.site.folder)/\(name.rawValue)\(request.serial)")
    command.fields.append(Self.key)
    return command
  }
}
