import AdapterProtocol
import Cases

/// A link over memory that both sides map: a cell's file or a shared memory object.
///
/// There is no byte stream, so there is no tap.
final class MappedLink: Link {
  private let request: LinkRequest
  let relays: [Relay] = []

  var ownFiles: [String] { ChannelName.allCases.map { "cell-\($0.rawValue)" } }

  init(_ request: LinkRequest) { self.request = request }

  /// The writer of a direction creates the memory, so it opens first.
  var opening: [LinkStep] {
    request.oneWayNames.flatMap { name -> [LinkStep] in
      let sender = LinkRequest.sender(on: name)
      return [.open(sender, name), .barrier, .open(sender.other, name)]
    }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    request.openCommand(side, name, role: LinkRequest.role(of: side, on: name), address: address(name))
  }

  private func address(_ name: ChannelName) -> String {
    request.channel.traits.address == .filePath
      ? "\(request.site.folder)/cell-\(name.rawValue)" : "/\(request.site.tag)-\(request.serial)\(name.rawValue)"
  }
}
