public import WireFormats

/// A client of the server of Python's `multiprocessing.managers`, a `BaseManager` or `SyncManager` that runs unchanged.
///
/// ```swift
/// let manager = try ManagerClient(.unix(path: "/tmp/manager.sock"), key: Array("secret".utf8))
/// var queue = try manager.queue("get_queue")
/// try queue.put(["from Swift", 1])
/// let answer = try queue.get(timeout: .seconds(5))
/// ```
public struct ManagerClient: Sendable {
  /// Where the server listens.
  public let address: SocketAddress
  private let key: [UInt8]
  let limit: Int
  /// How long the server may take for anything but a method that waits.
  let patience: Duration

  /// Finds a server, and has it prove that it has the key.
  ///
  /// - Parameters:
  ///   - address: where it listens.
  ///   - key: its `authkey`.
  ///   - limit: the largest request or reply, in bytes.
  ///   - patience: how long it may take for anything but a method that waits.
  /// - Throws: ``EndpointError``: `missing`, `refused`, `authentication`, `timeout`, `usage`, `malformed` if it is no manager.
  public init(
    _ address: SocketAddress, key: [UInt8], limit: Int = Framing.defaultLimit,
    patience: Duration = MessageStream.handshakeTime
  ) throws(EndpointError) {
    (self.address, self.key, self.limit, self.patience) = (address, key, limit, patience)
    _ = try ask(ManagerRequest(nil, "dummy"))
  }

  /// Has the server make, or look up, an object of a type that it has registered.
  ///
  /// - Parameters:
  ///   - type: the registered name, such as `get_queue`, or `dict` at a `SyncManager`.
  ///   - arguments: what its maker is called with.
  ///   - keywords: what its maker is called with by name.
  /// - Returns: the object.
  /// - Throws: ``EndpointError``: `internal` for a name that is not registered, and as ``init(_:key:limit:patience:)``.
  public func create(
    _ type: String, _ arguments: [Value] = [], keywords: [String: Value] = [:]
  ) throws(EndpointError) -> ManagerProxy {
    let reply = try ask(ManagerRequest(nil, "create", [.text(type)] + arguments, keywords: keywords))
    guard case .returned(let value) = reply, let both = value.parts, both.count == 2, let identifier = both[0].name,
      let methods = both[1].parts
    else { throw EndpointError(.malformed, "The manager did not answer create with an identifier and methods.") }
    return ManagerProxy(self, identifier, methods.compactMap(\.name))
  }

  /// A shared `queue.Queue`.
  ///
  /// - Parameter type: the name under which the server has registered it.
  /// - Returns: the queue.
  /// - Throws: ``EndpointError`` as ``create(_:_:keywords:)``.
  public func queue(_ type: String = "get_queue") throws(EndpointError) -> QueueProxy {
    var object = try create(type)
    try object.connect()
    return QueueProxy(object)
  }

  /// Asks the server to end; a server of Swift's refuses.
  ///
  /// - Throws: ``EndpointError``.
  public func shutDown() throws(EndpointError) { _ = try ask(ManagerRequest(nil, "shutdown")) }

  /// How many objects the server holds.
  ///
  /// - Throws: ``EndpointError``.
  public func numberOfObjects() throws(EndpointError) -> Int {
    guard case .returned(.int(let count)) = try ask(ManagerRequest(nil, "number_of_objects")),
      let count = Int(exactly: count)
    else { throw EndpointError(.malformed, "The manager did not answer with a number of objects.") }
    return count
  }

  /// One request on a connection of its own.
  func ask(_ request: ManagerRequest) throws(EndpointError) -> ManagerReply {
    let deadline = Deadline.after(patience)
    var connection = try connect(until: deadline)
    return try Self.ask(&connection, request, until: deadline)
  }

  /// A connection on which methods of shared objects can be called.
  func session() throws(EndpointError) -> MultiprocessingConnection {
    let deadline = Deadline.after(patience)
    var connection = try connect(until: deadline)
    _ = try Self.ask(&connection, ManagerRequest(nil, "accept_connection", ["swift"]), until: deadline)
    return connection
  }

  private func connect(until deadline: Deadline) throws(EndpointError) -> MultiprocessingConnection {
    try MultiprocessingClient.connect(to: address, key: key, limit: limit, until: deadline)
  }

  private static func ask(
    _ connection: inout MultiprocessingConnection, _ request: ManagerRequest, until deadline: Deadline
  ) throws(EndpointError) -> ManagerReply {
    let message = try PickledMessage.encode(request.value)
    return try ManagerReply(PickledMessage.decode(try exchange(&connection, message, until: deadline)))
  }

  /// Sends a request and receives the answer to it.
  static func exchange(
    _ connection: inout MultiprocessingConnection, _ request: [UInt8], until deadline: Deadline?
  ) throws(EndpointError) -> [UInt8] {
    let answer: [UInt8]?
    do throws(EndpointError) {
      try connection.sendBytes(request, until: deadline)
      answer = try connection.receiveBytes(until: deadline)
    } catch {
      throw error.kind == .reset ? Self.gone : error
    }
    guard let answer else { throw Self.gone }
    return answer
  }

  private static var gone: EndpointError { EndpointError(.closed, "The manager is gone; start its process again.") }
}
