import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// A link over connected sockets: one side listens, the other connects, and the tap is the peer of both.
final class ConnectedLink: Link {
  private let request: LinkRequest
  private var front: SocketListener?
  private var backAddress: String
  private let tapAddress: String?
  private let frontEnd = TapEnd(isDuplex: true)
  private let backEnd = TapEnd(isDuplex: true)
  let relays: [Relay]

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    backAddress = request.address.text(request.address.socket(Self.name(request, "b")))
    guard request.isTapped else {
      front = nil
      tapAddress = nil
      relays = []
      return
    }
    let listener = try SocketListener(request.address.socket(Self.name(request, "f")), kind: request.address.kind)
    _ = parley_set_nonblocking(listener.number, true)
    tapAddress = request.address.text(listener.address)
    front = consume listener
    let (connectorEnd, listenerEnd) = (frontEnd, backEnd)
    relays = Side.allCases.map { side in
      side == request.listener
        ? request.relay(from: side, listenerEnd, connectorEnd) : request.relay(from: side, connectorEnd, listenerEnd)
    }
  }

  var opening: [LinkStep] {
    let (listener, connector) = (request.listener, request.listener.other)
    // The tap is listening already, so both sides can start at once.
    return request.isTapped
      ? [.open(listener, .forward), .accept(listener), .open(connector, .forward)]
      : [.open(listener, .forward), .barrier, .open(connector, .forward), .accept(listener)]
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    side == request.listener
      ? request.openCommand(side, name, role: "listen", address: backAddress)
      : request.openCommand(side, name, role: "connect", address: tapAddress ?? backAddress)
  }

  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {
    guard side == request.listener else { return }
    var address = request.address.socket(Self.name(request, "b"))
    if request.channel.traits.address == .loopbackPort {
      guard let text = reply.text("address"), text.hasPrefix("127.0.0.1:"), let port = UInt16(text.dropFirst(10)) else {
        throw LinkFault(
          side: side, message: "it listens on a port that the system chose, but did not reply address=127.0.0.1:PORT")
      }
      backAddress = text
      address = .tcp(port: port)
    }
    guard request.isTapped else { return }
    do {
      backEnd.attach(try .connected(to: address, kind: request.address.kind))
    } catch {
      throw LinkFault(side: side, message: "it said that it listens, but connecting to it failed: \(error.message)")
    }
  }

  func pump(at now: Duration) {
    if frontEnd.number == nil, isSomebodyWaiting, let connection = try? front?.accept() {
      frontEnd.attach(connection)
    }
    for relay in relays { relay.pump(at: now) }
  }

  func appendInterests(to entries: inout [pollfd]) {
    if frontEnd.number == nil, let number = front?.number {
      entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
    }
    for relay in relays { relay.appendInterests(to: &entries) }
  }

  private var isSomebodyWaiting: Bool {
    guard let number = front?.number else { return false }
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// The name of one of the link's sockets.
  private static func name(_ request: LinkRequest, _ end: String) -> String {
    "\(end)\(request.serial)\(request.nameSuffix)"
  }
}
