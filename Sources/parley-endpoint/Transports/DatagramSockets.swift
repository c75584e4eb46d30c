import Endpoints
import WireFormats

/// Datagram sockets: the connecting sides send to the listening one.
struct DatagramSockets: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let address = try opening.socketAddress()
    let socket =
      opening.role == .listen
      ? try DatagramSocket(receivingAt: address, limit: opening.limit)
      : try DatagramSocket(sendingTo: address, limit: opening.limit)
    return DatagramChannel(socket, opening.direction)
  }
}

/// A datagram socket, which keeps message bounds and has no end of stream.
final class DatagramChannel: Channel {
  let direction: Direction
  private let socket: DatagramSocket

  init(_ socket: consuming DatagramSocket, _ direction: Direction) {
    self.socket = socket
    self.direction = direction
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try socket.send(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    let message = try socket.receive(until: deadline)
    body(message.span)
  }
}
