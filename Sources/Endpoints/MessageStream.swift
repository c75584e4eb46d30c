import CPlatform
public import WireFormats

/// Messages over a byte stream: a socket, a FIFO, a pipe.
///
/// The first stream of a process makes it ignore `SIGPIPE`, unless the process has chosen otherwise: a peer that goes away
/// is an error of kind `closed` then, instead of the end of the process.
///
/// ```swift
/// var stream = MessageStream(try .connected(to: .unix(path: "/tmp/app.sock")), framing: .multiprocessing)
/// try stream.send(Array("hello".utf8))
/// try stream.finishSending()
/// while let reply = try stream.receive() { print(reply.count) }
/// ```
public struct MessageStream: ~Copyable, Sendable {
  // Not private: the variants with a deadline are in a file of their own.
  let descriptor: Descriptor
  var decoder: FrameDecoder
  private var prefix: [UInt8] = []
  private let suffix: [UInt8]
  private(set) var hasEnded = false

  /// Up to so many bytes it is cheaper to copy a message behind its prefix than to have the system gather the parts.
  private static let copiedLength = 512

  /// Frames the bytes of a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: a connected stream; closed with this value.
  ///   - framing: anything but ``/WireFormats/Framing/none``, which needs a transport that keeps the bounds.
  ///   - limit: the largest message to send or accept, in bytes.
  public init(_ descriptor: consuming Descriptor, framing: Framing, limit: Int = Framing.defaultLimit) {
    precondition(framing != .none, "a byte stream needs a framing")
    parley_ignore_broken_pipe()
    self.descriptor = descriptor
    decoder = FrameDecoder(framing, limit: limit)
    suffix = framing.suffix
  }

  /// Sends one message; waits as long as the peer has no room.
  ///
  /// - Throws: ``EndpointError``: `closed` if the peer is gone; `too-large` or `malformed`, and nothing is sent, for a message that the framing cannot carry.
  public mutating func send(_ message: [UInt8]) throws(EndpointError) {
    try send(message.span)
  }

  /// Sends one message without copying it; as ``send(_:)-([UInt8])``.
  public mutating func send(_ message: Span<UInt8>) throws(EndpointError) {
    do {
      try decoder.framing.check(message, limit: decoder.limit)
    } catch {
      throw EndpointError(error)
    }
    prefix.removeAll(keepingCapacity: true)
    decoder.framing.appendPrefix(ofLength: message.count, to: &prefix)
    guard message.count <= Self.copiedLength else {
      try descriptor.write(prefix: prefix.span, message, suffix: suffix.span)
      return
    }
    message.withUnsafeBufferPointer { prefix.append(contentsOf: $0) }
    prefix.append(contentsOf: suffix)
    try descriptor.write(prefix.span)
  }

  /// Receives one message.
  ///
  /// - Returns: the message, or nil at a clean end of the stream, now and every time after.
  /// - Throws: ``EndpointError``: `truncated` if the stream ends inside a frame, `too-large` before memory is allocated, `malformed`, `reset`.
  public mutating func receive() throws(EndpointError) -> [UInt8]? {
    try receive { message in message.withUnsafeBufferPointer { Array($0) } }
  }

  /// Receives one message into an array that is used again, which spares an allocation for each message.
  ///
  /// - Parameter message: becomes the message; it is as it was at the end of the stream.
  /// - Returns: false at a clean end of the stream, now and every time after.
  /// - Throws: as ``receive()``.
  public mutating func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool {
    while true {
      do throws(FramingError) {
        if try decoder.next(into: &message) { return true }
      } catch {
        throw EndpointError(error)
      }
      if hasEnded {
        try finish()
        return false
      }
      try readMore()
    }
  }

  /// Receives one message and hands it to a closure without copying it.
  ///
  /// - Parameter body: gets the message; its bytes are valid during the call only.
  /// - Returns: what the closure returns, or nil at a clean end of the stream.
  /// - Throws: as ``receive()``.
  public mutating func receive<Result>(_ body: (Span<UInt8>) -> Result) throws(EndpointError) -> Result? {
    while true {
      do throws(FramingError) {
        if let result = try decoder.withNext(body) { return result }
      } catch {
        throw EndpointError(error)
      }
      if hasEnded {
        try finish()
        return nil
      }
      try readMore()
    }
  }

  private mutating func readMore() throws(EndpointError) {
    let count = try decoder.fill { space throws(EndpointError) in try descriptor.read(into: space) }
    hasEnded = count == 0
  }

  mutating func readMore(until deadline: Deadline) throws(EndpointError) {
    let count = try decoder.fill { space throws(EndpointError) in try descriptor.read(into: space, until: deadline) }
    hasEnded = count == 0
  }

  mutating func finish() throws(EndpointError) {
    do {
      try decoder.finish()
    } catch {
      throw EndpointError(error)
    }
  }

  /// Half-closes a socket: the peer sees the end of the stream, and this side can still receive.
  ///
  /// - Throws: ``EndpointError`` of kind `unsupported` on a pipe or FIFO.
  public func finishSending() throws(EndpointError) {
    try descriptor.finishSending()
  }
}
