public import WireFormats

/// A `queue.Queue` that a manager's process shares, be it Python's or a ``ManagerServer``.
///
/// One thread at a time can use it: each thread should have one of its own.
///
/// ```swift
/// var queue = try manager.queue("get_queue")
/// try queue.put(["job", 1])
/// while let result = try queue.get(timeout: .seconds(1)) { print(result.tokens) }
/// ```
public struct QueueProxy: ~Copyable, Sendable {
  /// The queue as any shared object, for methods that have no name here.
  public var object: ManagerProxy

  /// Uses a shared object that is a queue.
  public init(_ object: consuming ManagerProxy) { self.object = object }

  /// Puts an object in; waits as long as the queue is full.
  ///
  /// - Throws: ``EndpointError``: `closed` if the server is gone, `malformed` for what is not plain data.
  public mutating func put(_ value: Value) throws(EndpointError) {
    _ = try object.call("put", [value])
  }

  /// Puts an object in, waiting while the queue is full, but not for ever.
  ///
  /// - Parameters:
  ///   - value: the object; plain data.
  ///   - timeout: how long to wait; zero for not at all.
  /// - Returns: false if the queue was full all the time.
  /// - Throws: ``EndpointError``: `closed` if the server is gone, `timeout` if it is stuck, `malformed` for what is not plain data.
  public mutating func put(_ value: Value, timeout: Duration) throws(EndpointError) -> Bool {
    let reply = try object.reply(
      to: "put", [value, .bool(true), Self.seconds(timeout)], until: .after(timeout + object.patience))
    switch reply {
    case .raised(let exception) where exception.isFull: return false
    case .raised(let exception): throw exception.error
    default: return true
    }
  }

  /// Takes the oldest object out; waits as long as there is none.
  ///
  /// - Throws: ``EndpointError``: `closed` if the server is gone, `malformed` for what is not a pickle.
  public mutating func get() throws(EndpointError) -> Value {
    try object.call("get")
  }

  /// Takes the oldest object out, waiting while there is none, but not for ever.
  ///
  /// - Parameter timeout: how long to wait; zero for not at all.
  /// - Returns: the object, or nil if there was none all the time.
  /// - Throws: ``EndpointError``: `closed` if the server is gone, `timeout` if it is stuck, `malformed` for what is not a pickle.
  public mutating func get(timeout: Duration) throws(EndpointError) -> Value? {
    try unlessEmpty(
      try object.reply(to: "get", [.bool(true), Self.seconds(timeout)], until: .after(timeout + object.patience)))
  }

  /// Takes the oldest object out, if there is one.
  ///
  /// - Throws: ``EndpointError`` as ``get(timeout:)``.
  public mutating func getNoWait() throws(EndpointError) -> Value? {
    try unlessEmpty(try object.reply(to: "get_nowait", until: .after(object.patience)))
  }

  /// How many objects are in it at the moment.
  ///
  /// - Throws: ``EndpointError`` as ``get(timeout:)``.
  public mutating func size() throws(EndpointError) -> Int {
    guard case .int(let size) = try object.call("qsize", until: .after(object.patience)), let size = Int(exactly: size)
    else { throw EndpointError(.malformed, "The queue's size is no number.") }
    return size
  }

  private func unlessEmpty(_ reply: ManagerReply) throws(EndpointError) -> Value? {
    switch reply {
    case .returned(let value): return value
    case .raised(let exception) where exception.isEmpty: return nil
    case .raised(let exception): throw exception.error
    case .shared: throw EndpointError(.malformed, "The shared object is no queue: it answers with another object.")
    }
  }

  private static func seconds(_ duration: Duration) -> Value {
    let (seconds, attoseconds) = max(duration, .zero).components
    return .f64(Double(seconds) + Double(attoseconds) / 1e18)
  }
}
