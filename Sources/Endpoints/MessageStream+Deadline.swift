import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension MessageStream {
  /// Sends one message, waiting while the peer has no room, but not for ever.
  ///
  /// - Parameters:
  ///   - message: what to send.
  ///   - deadline: until when to wait.
  /// - Throws: ``EndpointError``: `timeout` if the peer did not take all in time, and then the stream is lost for sending; otherwise as ``send(_:)-([UInt8])``.
  public mutating func send(_ message: [UInt8], until deadline: Deadline) throws(EndpointError) {
    do {
      try decoder.framing.check(message.span, limit: decoder.limit)
    } catch {
      throw EndpointError(error)
    }
    var frame: [UInt8] = []
    decoder.framing.appendPrefix(ofLength: message.count, to: &frame)
    frame += message
    frame += decoder.framing.suffix
    try descriptor.write(frame.span, until: deadline)
  }

  /// Receives one message, but does not wait for ever.
  ///
  /// - Parameter deadline: until when to wait.
  /// - Returns: the message, or nil at a clean end of the stream.
  /// - Throws: ``EndpointError``: `timeout` if it has not come whole in time, and then a later call can still receive it; otherwise as ``receive()``.
  public mutating func receive(until deadline: Deadline) throws(EndpointError) -> [UInt8]? {
    while true {
      do throws(FramingError) {
        if let message = try decoder.next() { return message }
      } catch {
        throw EndpointError(error)
      }
      if hasEnded {
        try finish()
        return nil
      }
      try readMore(until: deadline)
    }
  }

  /// The largest message that is sent or accepted, in bytes.
  var limit: Int {
    get { decoder.limit }
    set { decoder.limit = newValue }
  }
}
