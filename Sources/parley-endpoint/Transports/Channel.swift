import Endpoints
import WireFormats

/// The direction of messages, seen from this endpoint.
enum Direction {
  case both
  case sending
  case receiving
}

/// An open channel of any transport.
protocol Channel: AnyObject {
  var direction: Direction { get }
  /// Whether it has a peer; false for a listener before `accept`.
  var hasPeer: Bool { get }
  /// The address, if the system chose it.
  var chosenAddress: String? { get }
  /// Waits for a peer; for ever without a deadline.
  func accept(until deadline: Deadline?) throws(EndpointError)
  func send(_ message: Span<UInt8>) throws(EndpointError)
  /// Calls the body with the next message; does not call it at the end of the stream.
  ///
  /// Waits for ever without a deadline. After a timeout a later call gets the message, of which what has come is kept.
  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError)
  /// Receives into an array that the caller reuses; returns false at the end of the stream.
  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool
  func finishSending() throws(EndpointError)
}

/// The defaults: a channel has its peer from the start and cannot be half-closed.
extension Channel {
  var hasPeer: Bool { true }

  var chosenAddress: String? { nil }

  func accept(until deadline: Deadline?) throws(EndpointError) {
    throw EndpointError(.usage, "The channel does not listen for a peer.")
  }

  func receive(into message: inout [UInt8]) throws(EndpointError) -> Bool {
    var received: [UInt8]?
    try receive(until: nil) { bytes in received = bytes.withUnsafeBufferPointer { Array($0) } }
    message = received ?? message
    return received != nil
  }

  func finishSending() throws(EndpointError) {
    throw EndpointError(.unsupported, "The channel cannot be half-closed; close it.")
  }
}
