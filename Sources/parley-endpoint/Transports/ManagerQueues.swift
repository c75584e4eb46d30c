import Endpoints
import WireFormats

/// Queues of Python's `multiprocessing.managers`: one side is the server, the other a client.
struct ManagerQueues: ChannelOpener {
  static let options = ["authkey", "queue"]

  private let key: [UInt8]
  private let queue: String

  init(_ arguments: Arguments) throws(EndpointError) {
    guard let key = try arguments.authenticationKey() else {
      throw EndpointError(.usage, "A manager queue needs authkey=HEX, the key of its clients.")
    }
    self.key = key
    queue = try arguments.optionalText("queue") ?? "get_queue"
  }

  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let address = try opening.socketAddress()
    let limit = opening.limit
    // Pickle protocol 2 writes bytes as Latin-1 text in UTF-8, up to twice as long, and a request adds a few more bytes.
    let frameLimit = min(2 * limit + 4096, Int(Int32.max))
    guard opening.role == .listen else {
      let manager = try ManagerClient(address, key: key, limit: frameLimit)
      return RemoteQueueChannel(try manager.queue(queue), limit: limit)
    }
    let shared = SharedQueue()
    let server = try ManagerServer(address, key: key, queues: [queue: shared], limit: frameLimit)
    return ServedQueueChannel(server, shared, limit: limit)
  }
}

/// The queue of a server in this process.
final class ServedQueueChannel: QueueChannel {
  private let server: ManagerServer
  private let queue: SharedQueue
  let limit: Int
  var kept: Value?

  init(_ server: ManagerServer, _ queue: SharedQueue, limit: Int) {
    (self.server, self.queue, self.limit) = (server, queue, limit)
  }

  deinit { server.close() }

  func put(_ value: Value) throws(EndpointError) {
    // An object that cannot be encoded for a client must not enter the queue.
    do throws(CodecError) { _ = try Codec.pickle.encode(value) } catch { throw EndpointError(error) }
    try queue.put(value)
  }

  func take(timeout: Duration?) throws(EndpointError) -> Value? {
    try queue.get(until: timeout.map { .after($0) })
  }

  func call(_ method: String, _ arguments: [Value]) throws(EndpointError) -> Value {
    throw EndpointError(.usage, "call is only for the side that connects.")
  }
}

/// The queue of a server in another process.
final class RemoteQueueChannel: QueueChannel {
  private var queue: QueueProxy
  let limit: Int
  var kept: Value?

  init(_ queue: consuming QueueProxy, limit: Int) {
    self.queue = queue
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
