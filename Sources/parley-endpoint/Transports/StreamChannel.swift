import Endpoints
import WireFormats

/// A byte stream with a framing.
final class StreamChannel: Channel {
  let direction: Direction
  let chosenAddress: String?
  private let listener: SocketListener?
  private var stream: MessageStream?
  private let framing: Framing
  private let limit: Int
  /// The key for authentication; nil for none.
  private let key: [UInt8]?

  var hasPeer: Bool { stream != nil }

  /// Uses a connected stream; authenticates both sides if there is a key.
  init(
    _ descriptor: consuming Descriptor, _ opening: ChannelOpening, key: [UInt8]? = nil
  ) throws(EndpointError) {
    (direction, framing, limit, self.key) = (opening.direction, opening.framing, opening.limit, key)
    chosenAddress = nil
    listener = nil
    stream = MessageStream(descriptor, framing: framing, limit: limit)
    try authenticate(.connecting)
  }

  /// Uses a listener, which has no peer yet.
  init(_ listener: consuming SocketListener, asked: SocketAddress, _ opening: ChannelOpening, key: [UInt8]?) {
    (direction, framing, limit, self.key) = (opening.direction, opening.framing, opening.limit, key)
    chosenAddress = listener.address == asked ? nil : listener.address.description
    self.listener = Optional(listener)
    stream = nil
  }

  func accept(until deadline: Deadline?) throws(EndpointError) {
    guard let connection = try listener?.accept(until: deadline) else {
      throw EndpointError(.usage, "The channel does not listen.")
    }
    stream = MessageStream(connection, framing: framing, limit: limit)
    do throws(EndpointError) {
      try authenticate(.accepting)
    } catch {
      // Another peer may have the key.
      stream = nil
      throw error
    }
  }

  private func authenticate(_ role: Authentication.Role) throws(EndpointError) {
    if let key { try stream?.authenticate(role, key: key) }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try stream?.send(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard let deadline else {
      _ = try stream?.receive(body)
      return
    }
    if let message = try stream?.receive(until: deadline) { body(message.span) }
  }

  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool {
    try stream?.receive(into: &message) ?? false
  }

  func finishSending() throws(EndpointError) { try stream?.finishSending() }
}
