import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// A link over connected sockets: one side listens, the other connects, and the tap is the peer of both.
final class ConnectedLink: Link {
  private let request: LinkRequest
  private let front: TapListener?
  private var backAddress: String
  private let tapAddress: String?
  private let frontEnd = TapEnd(isDuplex: true)
  private let backEnd = TapEnd(isDuplex: true)
  let relays: [Relay]
  /// Whether the connecting endpoint has replied that it is connected.
  private var hasConnected = false
  private(set) var tappedAddress: String?

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    backAddress = request.address.text(request.address.socket(Self.name(request, "b")))
    guard request.isTapped else {
      front = nil
      tapAddress = nil
      relays = []
      return
    }
    let listener = try TapListener(
      request.address.socket(Self.name(request, "f")), kind: request.address.kind,
      isOpenToOthers: request.channel.traits.isOpenToOthers)
    tapAddress = request.address.text(listener.address)
    front = listener
    let (connectorEnd, listenerEnd) = (frontEnd, backEnd)
    relays = Side.allCases.map { side in
      side == request.listener
        ? request.relay(from: side, listenerEnd, connectorEnd) : request.relay(from: side, connectorEnd, listenerEnd)
    }
  }

  var opening: [LinkStep] {
    let (listener, connector) = (request.listener, request.listener.other)
    guard request.isTapped else {
      return [.open(listener, .forward), .barrier, .open(connector, .forward), .accept(listener)]
    }
    // The tap is listening already, so both sides can start at once.
    let steps: [LinkStep] = [.open(listener, .forward), .accept(listener), .open(connector, .forward)]
    guard request.channel.traits.isOpenToOthers else { return steps }
    // Whom the listener has accepted, and who has connected to the tap, can only be seen until they go on. One that has a key
    // is connected when the handshake is over; until then it cannot go on.
    return steps + [.replies(listener)] + (request.options[connector] == nil ? [.replies(connector)] : [])
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    side == request.listener
      ? request.openCommand(side, name, role: "listen", address: backAddress)
      : request.openCommand(side, name, role: "connect", address: tapAddress ?? backAddress)
  }

  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {
    guard side == request.listener else {
      hasConnected = true
      if frontEnd.number == nil, let connection = front?.accept(hasConnected: false, at: .zero) {
        frontEnd.attach(connection)
      }
      return
    }
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
      tappedAddress = backAddress
    } catch {
      throw LinkFault(side: side, message: "it said that it listens, but connecting to it failed: \(error.message)")
    }
  }

  var isPassedOver: Bool {
    guard request.channel.traits.isOpenToOthers, let number = backEnd.number else { return false }
    return parley_is_accepted(number) == 0
  }

  func pump(at now: Duration) {
    if frontEnd.number == nil, let connection = front?.accept(hasConnected: hasConnected, at: now) {
      frontEnd.attach(connection)
    }
    for relay in relays { relay.pump(at: now) }
  }

  var wakeTime: Duration? {
    (relays.compactMap(\.wakeTime) + [frontEnd.number == nil ? front?.wakeTime : nil].compactMap(\.self)).min()
  }

  func appendInterests(to entries: inout [pollfd]) {
    if frontEnd.number == nil, let number = front?.number {
      entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
    }
    for relay in relays { relay.appendInterests(to: &entries) }
  }

  /// The name of one of the link's sockets.
  private static func name(_ request: LinkRequest, _ end: String) -> String {
    "\(end)\(request.serial)\(request.nameSuffix)"
  }
}
