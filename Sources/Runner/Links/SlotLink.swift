import AdapterProtocol
import Cases

/// A link over a slot: a file that both sides map.
///
/// There is no byte stream, so there is no tap; the runner compares the file instead.
final class SlotLink: Link {
  private let request: LinkRequest
  let relays: [Relay] = []

  init(_ request: LinkRequest) { self.request = request }

  let ownFiles = ["slot"]

  /// The writer creates the file, so it opens first.
  let opening: [LinkStep] = [.open(.writer, .forward), .barrier, .open(.reader, .forward)]

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    request.openCommand(
      side, name, role: LinkRequest.role(of: side, on: name), address: Self.path(in: request.site.folder))
  }

  static func path(in folder: String) -> String { "\(folder)/slot" }
}
