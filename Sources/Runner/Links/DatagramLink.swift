import AdapterProtocol
import CPlatform
import Cases
import Endpoints

/// A link over datagram sockets: a direction's receiver listens, its sender connects, and the tap is the peer of both.
///
/// There is no `accept` and no end of stream.
final class DatagramLink: Link {
  private let request: LinkRequest
  /// The tap's receiving sockets; each removes its file when it is released.
  private var fronts: [ChannelName: Front] = [:]
  private var sinks: [ChannelName: TapEnd] = [:]
  private(set) var relays: [Relay] = []

  private final class Front {
    let socket: DatagramSocket
    init(_ socket: consuming DatagramSocket) { self.socket = socket }
  }

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    guard request.isTapped else { return }
    for name in request.oneWayNames {
      let front = Front(try DatagramSocket(receivingAt: .unix(path: path("f", name))))
      let (source, sink) = (TapEnd(isDuplex: true), TapEnd(isDuplex: true))
      source.attach(Descriptor(owning: parley_duplicate(front.socket.number, 0)))
      (fronts[name], sinks[name]) = (front, sink)
      relays.append(request.relay(from: LinkRequest.sender(on: name), source, sink))
    }
  }

  /// First the receiver, and nothing more for it until the tap has found it: one that does not wait would be gone again.
  var opening: [LinkStep] {
    request.oneWayNames.flatMap { name -> [LinkStep] in
      let sender = LinkRequest.sender(on: name)
      return [.open(sender.other, name), .barrier, .open(sender, name)]
    }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    side == LinkRequest.sender(on: name)
      ? request.openCommand(side, name, role: "connect", address: path(request.isTapped ? "f" : "b", name))
      : request.openCommand(side, name, role: "listen", address: path("b", name))
  }

  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {
    guard request.isTapped, side != LinkRequest.sender(on: name) else { return }
    do {
      let socket = try DatagramSocket(sendingTo: .unix(path: path("b", name)))
      sinks[name]?.attach(Descriptor(owning: parley_duplicate(socket.number, 0)))
    } catch {
      throw LinkFault(side: side, message: "it said that it listens, but connecting to it failed: \(error.message)")
    }
  }

  private func path(_ end: String, _ name: ChannelName) -> String {
    "\(request.site.folder)/\(end)\(name.rawValue)\(request.serial)\(request.nameSuffix)"
  }
}
