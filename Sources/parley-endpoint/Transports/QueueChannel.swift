import AdapterProtocol
import Endpoints
import WireFormats

/// A channel of objects instead of bytes: a queue that a manager shares.
protocol QueueChannel: Channel {
  var limit: Int { get }
  /// An object that was taken out and could not be handed over; the next one to be taken.
  var kept: Value? { get set }
  func put(_ value: Value) throws(EndpointError)
  /// Waits for ever without a timeout; nil if there was nothing all the time.
  func take(timeout: Duration?) throws(EndpointError) -> Value?
  func call(_ method: String, _ arguments: [Value]) throws(EndpointError) -> Value
}

extension QueueChannel {
  /// Each side may put and take.
  var direction: Direction { .both }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    try put(.bytes(message.withUnsafeBufferPointer { Array($0) }))
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard case .bytes(let message)? = try take(timeout: nil) else {
      throw EndpointError(.malformed, "The object is not bytes.")
    }
    body(message.span)
  }

  /// Takes an object and makes the reply of it; one of which none can be made the way it was asked for is kept.
  func receive(
    timeout: Duration?, _ reply: (Value) throws(EndpointError) -> Reply
  ) throws(EndpointError) -> Reply {
    var next = kept
    if next == nil { next = try take(timeout: timeout) }
    guard let value = next else { return .ok([Field("empty", "true")]) }
    kept = nil
    do throws(EndpointError) {
      if case .bytes(let message) = value, message.count > limit {
        throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
      }
      return try reply(value)
    } catch {
      if error.kind != .malformed && error.kind != .tooLarge { kept = value }
      throw error
    }
  }
}
