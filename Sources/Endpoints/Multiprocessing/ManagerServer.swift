public import WireFormats

/// A server of queues for clients of Python's `multiprocessing.managers`, CPython 2.7 to 3.13, which run unchanged.
///
/// Only queues of plain data are shared: whatever a client sends, nothing in it is executed. Each connection has a thread.
///
/// ```swift
/// let queue = SharedQueue()
/// let server = try ManagerServer(
///   .unix(path: "/tmp/manager.sock"), key: Array("secret".utf8), queues: ["get_queue": queue])
/// while let job = try queue.get() { print(job.tokens) }
/// ```
///
/// In Python:
///
/// ```python
/// class Manager(BaseManager): pass
/// Manager.register('get_queue')
/// manager = Manager(address='/tmp/manager.sock', authkey=b'secret')
/// manager.connect()
/// manager.get_queue().put({'answer': 42})
/// ```
public final class ManagerServer: Sendable {
  private let core: ManagerService

  /// The real address: with the port that the system chose, where it did.
  public var address: SocketAddress { core.address }

  /// Binds the address and serves until ``close()``.
  ///
  /// - Parameters:
  ///   - address: where to listen.
  ///   - key: the `authkey` that clients must have, at least one byte.
  ///   - queues: what is shared, by the name under which Python's clients have registered it; closed with the server.
  ///   - limit: the largest request or reply, in bytes.
  ///   - handshakeTime: how long a client may take to prove that it has the key, and for its first request.
  /// - Throws: ``EndpointError`` as ``SocketListener``, and `usage` for an empty key.
  public init(
    _ address: SocketAddress, key: [UInt8], queues: [String: SharedQueue] = ["get_queue": SharedQueue()],
    limit: Int = Framing.defaultLimit, handshakeTime: Duration = MessageStream.handshakeTime
  ) throws(EndpointError) {
    guard !key.isEmpty else { throw EndpointError(.usage, "The key has no bytes; use at least one.") }
    core = try ManagerService(
      try SocketListener(address), catalog: ManagerCatalog(queues), key: key, limit: limit, handshakeTime: handshakeTime
    )
    try core.start()
  }

  deinit { close() }

  /// A queue that is shared, or nil if none has that name.
  public func queue(_ name: String = "get_queue") -> SharedQueue? { core.catalog.queue(registeredAs: name) }

  /// Ends every conversation and every wait, and removes the socket file; when it returns, no thread or descriptor is left.
  public func close() { core.close() }
}
