import CPlatform
public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Messages over a packet socket (`SOCK_SEQPACKET`): ordered and reliable, and the system keeps their bounds.
///
/// A packet without bytes cannot be told from the end of the stream, so empty messages are refused.
///
/// ```swift
/// let socket = PacketSocket(try .connected(to: .unix(path: "/tmp/app.sock"), kind: .packets))
/// try socket.send(Array("hello".utf8).span)
/// let reply = try socket.receive()
/// ```
public struct PacketSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private let limit: Int

  /// Uses a connected packet socket.
  ///
  /// - Parameters:
  ///   - descriptor: the socket; closed with this value.
  ///   - limit: the largest message to send or accept, in bytes. The system's own limit is lower, some 200 KiB on Linux.
  public init(_ descriptor: consuming Descriptor, limit: Int = Framing.defaultLimit) {
    parley_ignore_broken_pipe()
    self.descriptor = descriptor
    self.limit = limit
  }

  /// Sends one message as one packet.
  ///
  /// - Throws: ``EndpointError``: `malformed` for an empty message, `too-large` above the limit or the system's, `closed`.
  public func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard message.count > 0 else {
      throw EndpointError(
        .malformed, "A packet without bytes would look like the end of the stream; send at least one byte.")
    }
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    try descriptor.write(message)
  }

  /// Receives one message.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the message, or nil at the end of the stream.
  /// - Throws: ``EndpointError``: `too-large` before memory is allocated, `reset`, `timeout`.
  public func receive(until deadline: Deadline? = nil) throws(EndpointError) -> [UInt8]? {
    let size = try packetSize(until: deadline)
    guard size > 0 else { return nil }
    guard size <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(size), limit: limit))
    }
    var message = [UInt8](repeating: 0, count: size)
    let count = try message.withUnsafeMutableBufferPointer { bytes throws(EndpointError) in
      try descriptor.read(into: UnsafeMutableRawBufferPointer(bytes))
    }
    message.removeLast(size - count)
    return message
  }

  /// Half-closes: the peer sees the end of the stream, and this side can still receive.
  ///
  /// - Throws: ``EndpointError`` if the system refuses; a peer that is gone already is not an error.
  public func finishSending() throws(EndpointError) {
    try descriptor.finishSending()
  }

  /// A buffer that is too short would lose the rest of the packet in silence, so the size is asked first.
  private func packetSize(until deadline: Deadline?) throws(EndpointError) -> Int {
    while true {
      let size = parley_peek_packet_size(descriptor.number, deadline == nil)
      if size >= 0 { return size }
      if errno == EAGAIN {
        try descriptor.wait(for: POLLIN, until: deadline, "to send")
      } else if errno != EINTR {
        throw EndpointError(errno: errno, during: "receiving a packet")
      }
    }
  }
}
