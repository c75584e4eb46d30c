import Endpoints
import WireFormats

/// Packet sockets: one side listens, the other connects.
struct PacketSockets: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let address = try opening.socketAddress()
    guard opening.role == .listen else {
      return PacketChannel(try .connected(to: address, kind: .packets), opening)
    }
    return PacketChannel(try SocketListener(address, kind: .packets), opening)
  }
}

/// A packet socket, which keeps message bounds.
final class PacketChannel: Channel {
  let direction: Direction
  private let listener: SocketListener?
  private var socket: PacketSocket?
  private let limit: Int

  var hasPeer: Bool { socket != nil }

  init(_ descriptor: consuming Descriptor, _ opening: ChannelOpening) {
    (direction, limit) = (opening.direction, opening.limit)
    listener = nil
    socket = PacketSocket(descriptor, limit: limit)
  }

  init(_ listener: consuming SocketListener, _ opening: ChannelOpening) {
    (direction, limit) = (opening.direction, opening.limit)
    self.listener = Optional(listener)
    socket = nil
  }

  func accept(until deadline: Deadline?) throws(EndpointError) {
    guard let connection = try listener?.accept(until: deadline) else {
      throw EndpointError(.usage, "The channel does not listen.")
    }
    socket = PacketSocket(connection, limit: limit)
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try socket?.send(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    if let message = try socket?.receive(until: deadline) { body(message.span) }
  }

  func finishSending() throws(EndpointError) { try socket?.finishSending() }
}
