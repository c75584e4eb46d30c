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
  func accept() throws(EndpointError) {
    throw EndpointError(.usage, "A manager-queue needs no accept: clients come and go.")
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
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

/// The queue of a server in this process.
final class ServedQueueChannel: QueueChannel {
  private let server: ManagerServer
  private let queue = SharedQueue()
  let limit: Int
  var kept: Value?

  init(at address: SocketAddress, _ options: ManagerOptions, limit: Int) throws(EndpointError) {
    server = try ManagerServer(
      address, key: options.key ?? [], queues: [options.queue: queue], limit: ObjectFrame.limit(limit))
    self.limit = limit
  }

  deinit { server.close() }

  func put(_ value: Value) throws(EndpointError) {
    // What its clients could not be given must not get in.
    do throws(CodecError) { _ = try Codec.pickle.encode(value) } catch { throw EndpointError(error) }
    try queue.put(value)
  }

  func take(timeout: Duration?) throws(EndpointError) -> Value? {
    try queue.get(until: timeout.map { .after($0) })
  }

  func call(_ method: String, _ arguments: [Value]) throws(EndpointError) -> Value {
    throw EndpointError(.usage, "call is for a manager-queue that was opened with role=connect.")
  }
}

/// The queue of a server in another process.
final class RemoteQueueChannel: QueueChannel {
  private var queue: QueueProxy
  let limit: Int
  var kept: Value?

  init(at address: SocketAddress, _ options: ManagerOptions, limit: Int) throws(EndpointError) {
    let manager = try ManagerClient(address, key: options.key ?? [], limit: ObjectFrame.limit(limit))
    queue = try manager.queue(options.queue)
    self.limit = limit
  }

  func put(_ value: Value) throws(EndpointError) { try queue.put(value) }

  func take(timeout: Duration?) throws(EndpointError) -> Value? {
    if let timeout { try queue.get(timeout: timeout) } else { try queue.get() }
  }

  func call(_ method: String, _ arguments: [Value]) throws(EndpointError) -> Value {
    try queue.object.call(method, arguments)
  }
}

/// The frames that carry objects.
private enum ObjectFrame {
  /// Protocol 2 writes bytes as Latin-1 text in UTF-8, which takes up to twice the room, and a request has a few more.
  static func limit(_ message: Int) -> Int { min(2 * message + 4096, Int(Int32.max)) }
}
