public import WireFormats

/// An object that lives in a Python manager's process, such as a dict or list of a `SyncManager`.
///
/// The server keeps it as long as somebody refers to it; this value does, until it goes away. One thread at a time can
/// call it: each thread should have one of its own.
///
/// ```swift
/// var scores = try manager.create("dict")
/// _ = try scores.call("__setitem__", ["ada", 10])
/// let all = try scores.call("items")
/// ```
public struct ManagerProxy: ~Copyable, Sendable {
  /// The server's name for the object.
  public let identifier: String
  /// The methods that the server lets be called; `#GETVALUE`, `__str__` and `__repr__` work besides.
  public let methods: [String]
  private let manager: ManagerClient
  private var session: MultiprocessingConnection?
  private var isLost = false

  /// Takes one reference over.
  init(_ manager: ManagerClient, _ identifier: String, _ methods: [String]) {
    (self.manager, self.identifier, self.methods) = (manager, identifier, methods)
    session = nil
  }

  deinit {
    // The server notices neither the end of this process nor of the session: it counts what it is told.
    if !isLost { _ = try? manager.ask(ManagerRequest(nil, "decref", [.text(identifier)])) }
  }

  /// How long the server may take for anything but a method that waits.
  var patience: Duration { manager.patience }

  /// Calls a method.
  ///
  /// - Parameters:
  ///   - method: its name.
  ///   - arguments: its arguments; plain data.
  ///   - keywords: its arguments by name.
  ///   - deadline: until when to wait for the answer; for ever without one.
  /// - Returns: what it returned.
  /// - Throws: ``EndpointError``: `internal` if the object raised an exception, whose name is in the message, or the server refused; `closed` if the server is gone; `timeout`; `malformed` for arguments that are not plain data; `unsupported` for a method that answers with another shared object.
  public mutating func call(
    _ method: String, _ arguments: [Value] = [], keywords: [String: Value] = [:], until deadline: Deadline? = nil
  ) throws(EndpointError) -> Value {
    switch try reply(to: method, arguments, keywords: keywords, until: deadline) {
    case .returned(let value): return value
    case .raised(let exception): throw exception.error
    case .shared(let identifier, let methods):
      // Nobody will use it.
      _ = ManagerProxy(manager, identifier, methods)
      throw EndpointError(.unsupported, "\(method) answers with another shared object; use proxy(from:).")
    }
  }

  /// Calls a method that answers with another shared object, such as `__iter__` of a dict.
  ///
  /// - Parameters:
  ///   - method: its name.
  ///   - arguments: its arguments; plain data.
  ///   - keywords: its arguments by name.
  ///   - deadline: until when to wait for the answer; for ever without one.
  /// - Returns: the other object.
  /// - Throws: ``EndpointError`` as ``call(_:_:keywords:until:)``, and `unsupported` for a method that answers with plain data.
  public mutating func proxy(
    from method: String, _ arguments: [Value] = [], keywords: [String: Value] = [:], until deadline: Deadline? = nil
  ) throws(EndpointError) -> ManagerProxy {
    switch try reply(to: method, arguments, keywords: keywords, until: deadline) {
    case .returned: throw EndpointError(.unsupported, "\(method) answers with plain data; use call.")
    case .raised(let exception): throw exception.error
    case .shared(let identifier, let methods): return ManagerProxy(manager, identifier, methods)
    }
  }

  /// Calls a method and tells whether it returned or raised.
  ///
  /// - Parameters:
  ///   - method: its name.
  ///   - arguments: its arguments; plain data.
  ///   - keywords: its arguments by name.
  ///   - deadline: until when to wait for the answer; for ever without one.
  /// - Returns: the answer.
  /// - Throws: ``EndpointError`` as ``call(_:_:keywords:until:)``, but not for what the object raised.
  public mutating func reply(
    to method: String, _ arguments: [Value] = [], keywords: [String: Value] = [:], until deadline: Deadline? = nil
  ) throws(EndpointError) -> ManagerReply {
    let request = try PickledMessage.encode(
      ManagerRequest(identifier, method, arguments, keywords: keywords).value)
    guard request.count <= manager.limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(request.count), limit: manager.limit))
    }
    try connect()
    guard var connection = session.take() else { throw Self.lost }
    let answer: [UInt8]
    do throws(EndpointError) {
      answer = try ManagerClient.exchange(&connection, request, until: deadline)
    } catch {
      // After a timeout the answer may still be on its way: the next call needs another session.
      isLost = error.kind != .timeout
      throw error
    }
    session = consume connection
    return try ManagerReply(PickledMessage.decode(answer))
  }

  /// Opens the session, if there is none.
  mutating func connect() throws(EndpointError) {
    guard !isLost else { throw Self.lost }
    if session == nil { session = try manager.session() }
  }

  private static var lost: EndpointError {
    EndpointError(.closed, "The connection to the manager is lost; create the proxy anew.")
  }
}
