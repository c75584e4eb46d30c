public import WireFormats

/// What Python's `multiprocessing.connection.Listener` is.
///
/// ```swift
/// let listener = try MultiprocessingListener(.unix(path: "/tmp/app.sock"), key: Array("secret".utf8))
/// var connection = try listener.accept()  // Python: Client('/tmp/app.sock', authkey=b'secret')
/// ```
public struct MultiprocessingListener: ~Copyable, Sendable {
  private let listener: SocketListener
  private let key: [UInt8]?
  private let limit: Int
  private let handshakeTime: Duration

  /// The real address: with the port that the system chose, where it did.
  public var address: SocketAddress { listener.address }

  /// Binds the address and listens.
  ///
  /// - Parameters:
  ///   - address: where to listen. CPython 2.7 and 3.6 cannot connect to an abstract address.
  ///   - key: the secret that peers must have, at least one byte; without one everybody who reaches the address is a peer.
  ///   - limit: the largest message to send or accept, in bytes.
  ///   - handshakeTime: how long a peer may take to prove that it has the key.
  /// - Throws: ``EndpointError`` as ``SocketListener``, and `usage` for an empty key.
  public init(
    _ address: SocketAddress, key: [UInt8]? = nil, limit: Int = Framing.defaultLimit,
    handshakeTime: Duration = MessageStream.handshakeTime
  ) throws(EndpointError) {
    if let key, key.isEmpty { throw EndpointError(.usage, "The key has no bytes; use at least one.") }
    listener = try SocketListener(address)
    (self.key, self.limit, self.handshakeTime) = (key, limit, handshakeTime)
  }

  /// Waits for a peer, and has it prove that it has the key.
  ///
  /// - Parameter deadline: until when to wait for a peer; for ever without one. The handshake has its own time.
  /// - Returns: the connection.
  /// - Throws: ``EndpointError``: `timeout` if nobody came in time; `authentication`, `timeout` or `too-large` for a peer that does not authenticate as it should, which is hung up on. The listener goes on, call again. `internal` when no descriptors are left.
  public func accept(until deadline: Deadline? = nil) throws(EndpointError) -> MultiprocessingConnection {
    var connection = MultiprocessingConnection(try listener.accept(until: deadline), limit: limit)
    if let key { try connection.authenticate(.accepting, key: key, until: .after(handshakeTime)) }
    return connection
  }
}

/// What Python's `multiprocessing.connection.Client` is.
public enum MultiprocessingClient {
  /// Connects to a listener, and proves and has it prove that both have the key.
  ///
  /// - Parameters:
  ///   - address: where somebody listens.
  ///   - key: the secret, at least one byte; nil for a listener without one.
  ///   - limit: the largest message to send or accept, in bytes.
  ///   - deadline: until when it must be over; 5 s from now if not given.
  /// - Returns: the connection.
  /// - Throws: ``EndpointError``: `missing`, `refused`, `denied`; `authentication` for another key, or a peer that has none or hangs up; `timeout` for a peer that is silent; `usage`.
  public static func connect(
    to address: SocketAddress, key: [UInt8]? = nil, limit: Int = Framing.defaultLimit,
    until deadline: Deadline = .after(MessageStream.handshakeTime)
  ) throws(EndpointError) -> MultiprocessingConnection {
    var connection = MultiprocessingConnection(try .connected(to: address, until: deadline), limit: limit)
    if let key { try connection.authenticate(.connecting, key: key, until: deadline) }
    return connection
  }
}
