import Endpoints
import WireFormats

/// An open channel, whatever its transport.
protocol Channel: AnyObject {
  func accept() throws(EndpointError)
  func send(_ message: Span<UInt8>) throws(EndpointError)
  /// Calls the body with the next message, or not at all at the end of the stream.
  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError)
  /// Receives into an array that is used again; false at the end of the stream.
  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool
  func finishSending() throws(EndpointError)
}

extension Channel {
  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool {
    var received: [UInt8]?
    try receive { bytes in received = bytes.withUnsafeBufferPointer { Array($0) } }
    message = received ?? message
    return received != nil
  }

  func accept() throws(EndpointError) {
    throw EndpointError(.usage, "accept is for a channel that was opened with role=listen.")
  }

  func finishSending() throws(EndpointError) {
    throw EndpointError(.unsupported, "This channel is one-way and cannot be half-closed; close it.")
  }
}

/// A byte stream with a framing.
final class StreamChannel: Channel {
  enum Direction { case both, sending, receiving }

  private let listener: SocketListener?
  private var stream: MessageStream?
  private let framing: Framing
  private let limit: Int
  private let direction: Direction
  private let canHalfClose: Bool
  /// The address, where the system chose it.
  let chosenAddress: String?
  /// The key that each peer must have; nil if it need not have one.
  var key: [UInt8]?

  init(
    _ descriptor: consuming Descriptor, _ direction: Direction, canHalfClose: Bool = true, _ framing: Framing,
    _ limit: Int
  ) {
    self.canHalfClose = canHalfClose && direction == .both
    listener = nil
    stream = MessageStream(descriptor, framing: framing, limit: limit)
    (self.framing, self.limit, self.direction) = (framing, limit, direction)
    chosenAddress = nil
  }

  init(
    _ listener: consuming SocketListener, asked: SocketAddress, canHalfClose: Bool, _ framing: Framing, _ limit: Int
  ) {
    self.canHalfClose = canHalfClose
    chosenAddress = listener.address == asked ? nil : listener.address.description
    self.listener = Optional(listener)
    stream = nil
    (self.framing, self.limit, self.direction) = (framing, limit, .both)
  }

  func accept() throws(EndpointError) {
    guard stream == nil else { throw EndpointError(.usage, "The channel has its peer already.") }
    guard let connection = try listener?.accept() else { throw EndpointError(.usage, "The channel does not listen.") }
    stream = MessageStream(connection, framing: framing, limit: limit)
    do throws(EndpointError) {
      try authenticate(.accepting)
    } catch {
      // The next peer may have the key.
      stream = nil
      throw error
    }
  }

  /// Runs the handshake with the peer, if there is a key.
  func authenticate(_ role: Authentication.Role) throws(EndpointError) {
    if let key { try stream?.authenticate(role, key: key) }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard direction != .receiving else { throw EndpointError(.usage, "The channel was opened with role=read.") }
    guard try stream?.send(message) != nil else { throw Self.notAccepted }
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard direction != .sending else { throw EndpointError(.usage, "The channel was opened with role=write.") }
    guard stream != nil else { throw Self.notAccepted }
    _ = try stream?.receive(body)
  }

  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool {
    guard direction != .sending else { throw EndpointError(.usage, "The channel was opened with role=write.") }
    guard let isMessage = try stream?.receive(into: &message) else { throw Self.notAccepted }
    return isMessage
  }

  func finishSending() throws(EndpointError) {
    guard canHalfClose else {
      throw EndpointError(.unsupported, "This channel cannot be half-closed; close it.")
    }
    guard try stream?.finishSending() != nil else { throw Self.notAccepted }
  }

  private static var notAccepted: EndpointError {
    EndpointError(.usage, "The channel has no peer yet; accept first.")
  }
}

/// A packet socket, which keeps the bounds itself.
final class PacketChannel: Channel {
  private let listener: SocketListener?
  private var socket: PacketSocket?
  private let limit: Int

  init(_ descriptor: consuming Descriptor, limit: Int) {
    listener = nil
    socket = PacketSocket(descriptor, limit: limit)
    self.limit = limit
  }

  init(_ listener: consuming SocketListener, limit: Int) {
    self.listener = Optional(listener)
    socket = nil
    self.limit = limit
  }

  func accept() throws(EndpointError) {
    guard socket == nil else { throw EndpointError(.usage, "The channel has its peer already.") }
    guard let connection = try listener?.accept() else { throw EndpointError(.usage, "The channel does not listen.") }
    socket = PacketSocket(connection, limit: limit)
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard try socket?.send(message) != nil else { throw Self.notAccepted }
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard socket != nil else { throw Self.notAccepted }
    if let message = try socket?.receive() { body(message.span) }
  }

  func finishSending() throws(EndpointError) {
    guard try socket?.finishSending() != nil else { throw Self.notAccepted }
  }

  private static var notAccepted: EndpointError {
    EndpointError(.usage, "The channel has no peer yet; accept first.")
  }
}

/// The notes' memory-mapped slot.
final class SlotChannel: Channel {
  private let slot: FileSlot
  private let isWriter: Bool
  private let limit: Int

  init(_ slot: consuming FileSlot, isWriter: Bool, limit: Int) {
    self.slot = slot
    self.isWriter = isWriter
    self.limit = limit
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard isWriter else { throw EndpointError(.usage, "The channel was opened with role=read.") }
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    try slot.write(message)
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard !isWriter else { throw EndpointError(.usage, "The channel was opened with role=write.") }
    let text = try slot.read()
    guard text.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(text.count), limit: limit))
    }
    body(text.span)
  }
}
