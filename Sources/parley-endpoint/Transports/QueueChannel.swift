import AdapterProtocol
import Endpoints
import WireFormats

/// A channel of objects instead of bytes: a queue that a manager shares.
protocol QueueChannel: Channel {
  var limit: Int { get }
  /// An object that was taken but did not fit the requested form; the next `receive` returns it.
  var kept: Value? { get set }
  func put(_ value: Value) throws(EndpointError)
  /// Takes an object; waits forever without a timeout; nil if the queue was still empty at the timeout.
  func take(timeout: Duration?) throws(EndpointError) -> Value?
  func call(_ method: String, _ arguments: [Value]) throws(EndpointError) -> Value
}

extension QueueChannel {
  /// Both sides may put and take.
  var direction: Direction { .both }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    try put(.bytes(message.withUnsafeBufferPointer { Array($0) }))
  }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard case .bytes(let message)? = try take(timeout: deadline?.remaining) else {
      throw EndpointError(.malformed, "The object is not bytes.")
    }
    body(message.span)
  }

  /// Takes an object and creates the reply; an object that does not fit the requested form is kept.
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
