public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What Python's `multiprocessing.connection.Connection` is: messages that are objects or bytes, over a socket or pipe.
///
/// Objects travel as pickles, in which nothing is ever executed here. Nothing on the wire tells objects from bytes: both
/// sides must agree, as in Python.
///
/// ```swift
/// var connection = try MultiprocessingClient.connect(to: .unix(path: "/tmp/app.sock"), key: Array("secret".utf8))
/// try connection.send(.map([.init("answer", 42)]))       // Python: conn.recv() == {'answer': 42}
/// while let object = try connection.receive() { print(object.tokens) }
/// ```
public struct MultiprocessingConnection: ~Copyable, Sendable {
  var stream: MessageStream
  private let access: Int32

  /// Uses a connected socket or one end of a pipe.
  ///
  /// - Parameters:
  ///   - descriptor: the stream; closed with this value.
  ///   - limit: the largest message to send or accept, in bytes.
  public init(_ descriptor: consuming Descriptor, limit: Int = Framing.defaultLimit) {
    // What a pipe cannot do is told in words, not as a bad descriptor.
    access = fcntl(descriptor.number, F_GETFL) & O_ACCMODE
    stream = MessageStream(descriptor, framing: .multiprocessing, limit: limit)
  }

  /// Uses a descriptor that the parent process let this one inherit, as `Connection(int(sys.argv[1]))` does in Python.
  ///
  /// - Parameters:
  ///   - number: 3 or more, as the parent told it.
  ///   - limit: the largest message to send or accept, in bytes.
  /// - Throws: ``EndpointError`` as ``Descriptor/inherited(_:)``.
  public init(inherited number: Int32, limit: Int = Framing.defaultLimit) throws(EndpointError) {
    self.init(try Descriptor.inherited(number), limit: limit)
  }

  /// Sends an object: `recv()` in Python.
  ///
  /// - Parameters:
  ///   - value: plain data, as the codec `pickle` carries it.
  ///   - deadline: until when to wait for the peer; for ever without one.
  /// - Throws: ``EndpointError``: `malformed` for what is not plain data, `closed` if the peer is gone, `too-large`, `timeout`, `usage` on the reading end of a pipe.
  public mutating func send(_ value: Value, until deadline: Deadline? = nil) throws(EndpointError) {
    try sendBytes(try PickledMessage.encode(value), until: deadline)
  }

  /// Receives an object: `send(object)` in Python.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the object, or nil at the end of the stream.
  /// - Throws: ``EndpointError``: `malformed` for what is no pickle, `too-large`, `truncated`, `reset`, `timeout`, `usage` on the writing end of a pipe.
  public mutating func receive(until deadline: Deadline? = nil) throws(EndpointError) -> Value? {
    guard let message = try receiveBytes(until: deadline) else { return nil }
    return try PickledMessage.decode(message)
  }

  /// Sends bytes: `recv_bytes()` in Python.
  ///
  /// - Parameters:
  ///   - message: any bytes.
  ///   - deadline: until when to wait for the peer; for ever without one.
  /// - Throws: ``EndpointError``: `closed`, `too-large`, `timeout`, `usage` on the reading end of a pipe.
  public mutating func sendBytes(_ message: [UInt8], until deadline: Deadline? = nil) throws(EndpointError) {
    guard access != O_RDONLY else { throw EndpointError(.usage, "This is the reading end of a pipe.") }
    if let deadline { try stream.send(message, until: deadline) } else { try stream.send(message) }
  }

  /// Receives bytes: `send_bytes(message)` in Python.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the message, or nil at the end of the stream.
  /// - Throws: ``EndpointError``: `too-large`, `truncated`, `malformed`, `reset`, `timeout`, `usage` on the writing end of a pipe.
  public mutating func receiveBytes(until deadline: Deadline? = nil) throws(EndpointError) -> [UInt8]? {
    guard access != O_WRONLY else { throw EndpointError(.usage, "This is the writing end of a pipe.") }
    return if let deadline { try stream.receive(until: deadline) } else { try stream.receive() }
  }

  /// Runs the handshake, before the first message.
  mutating func authenticate(
    _ role: Authentication.Role, key: [UInt8], until deadline: Deadline
  ) throws(EndpointError) {
    try stream.authenticate(role, key: key, until: deadline)
  }
}
