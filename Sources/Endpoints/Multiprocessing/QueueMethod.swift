import BigInt
import WireFormats

/// The methods of `queue.Queue` that clients of a ``ManagerServer`` can call.
enum QueueMethod: String, CaseIterable {
  case empty
  case full
  case get
  case getNoWait = "get_nowait"
  case join
  case put
  case putNoWait = "put_nowait"
  case size = "qsize"
  case finishTask = "task_done"

  /// Calls a method by its name.
  ///
  /// - Parameters:
  ///   - request: the call.
  ///   - queue: whose method it is.
  ///   - client: the client's socket: its end ends a wait.
  /// - Returns: what to answer.
  static func call(_ request: ManagerRequest, of queue: SharedQueue, for client: Int32) -> ManagerAnswer {
    guard let method = QueueMethod(rawValue: request.method) else { return fallback(request, queue) }
    do {
      return try method.call(QueueArguments(request), of: queue, for: client)
    } catch let exception as QueueArguments.Wrong {
      return .raised(exception.exception)
    } catch {
      // The queue was closed or the client is gone.
      return .nobody
    }
  }

  private func call(_ arguments: QueueArguments, of queue: SharedQueue, for client: Int32) throws -> ManagerAnswer {
    switch self {
    case .empty: return .returned(.bool(queue.count == 0))
    case .full: return .returned(.bool(queue.isFull))
    case .size: return .returned(.int(BigInt(queue.count)))
    case .finishTask:
      return queue.finishTask()
        ? .returned(.null) : .raised(.valueError("task_done() called too many times"))
    case .join:
      _ = try queue.join(until: nil, watching: client)
      return .returned(.null)
    case .get, .getNoWait:
      let deadline = try arguments.deadline(after: [], canWait: self == .get)
      guard let value = try queue.get(until: deadline, watching: client) else { return .raised(.empty) }
      return .takenOut(value, of: queue)
    case .put, .putNoWait:
      let value = try arguments.argument(0, "item")
      let deadline = try arguments.deadline(after: ["item"], canWait: self == .put)
      guard (try? PickledMessage.encode(value)) != nil else {
        throw QueueArguments.Wrong(.typeError("this queue carries plain data only, no objects of other classes"))
      }
      return try queue.put(value, until: deadline, watching: client) ? .returned(.null) : .raised(.full)
    }
  }

  /// What Python's server answers for every object.
  private static func fallback(_ request: ManagerRequest, _ queue: SharedQueue) -> ManagerAnswer {
    switch request.method {
    case "__str__", "__repr__", "#GETVALUE": .returned(.text("<queue of \(queue.count) objects in Swift>"))
    default: .refused("AttributeError: a queue has no method \(request.method)")
    }
  }
}

/// The arguments of a call, by position or by name as in Python.
struct QueueArguments {
  private let request: ManagerRequest

  /// A call that Python would refuse too.
  struct Wrong: Error {
    let exception: PythonException
    init(_ exception: PythonException) { self.exception = exception }
  }

  init(_ request: ManagerRequest) { self.request = request }

  /// An argument that must be there.
  func argument(_ position: Int, _ name: String) throws(Wrong) -> Value {
    guard let value = optional(position, name) else {
      throw Wrong(.typeError("\(request.method)() is missing the argument \(name)"))
    }
    return value
  }

  /// Until when to wait, from the arguments `block` and `timeout`.
  ///
  /// - Parameters:
  ///   - others: the names of the arguments before them.
  ///   - canWait: whether the method has these two at all.
  /// - Returns: the deadline, or nil for ever.
  /// - Throws: ``Wrong`` for arguments that the method does not take.
  func deadline(after others: [String], canWait: Bool) throws(Wrong) -> Deadline? {
    let names = others + (canWait ? ["block", "timeout"] : [])
    guard request.arguments.count <= names.count, request.keywords.keys.allSatisfy(names.contains) else {
      throw Wrong(.typeError("\(request.method)() takes the arguments \(names.joined(separator: ", "))"))
    }
    guard canWait, isTrue(optional(others.count, "block") ?? .bool(true)) else { return .after(.zero) }
    switch optional(others.count + 1, "timeout") {
    case nil, .null?: return nil
    case .int(let seconds)?: return try deadline(Double(seconds))
    case .f64(let seconds)?: return try deadline(seconds)
    case .bool(let isOne)?: return try deadline(isOne ? 1 : 0)
    default: throw Wrong(.typeError("timeout must be a number"))
    }
  }

  private func deadline(_ seconds: Double) throws(Wrong) -> Deadline? {
    guard seconds >= 0 else { throw Wrong(.valueError("'timeout' must be a non-negative number")) }
    // Thirty years are for ever.
    return seconds < 1e9 ? .after(.seconds(seconds)) : nil
  }

  private func optional(_ position: Int, _ name: String) -> Value? {
    position < request.arguments.count ? request.arguments[position] : request.keywords[name]
  }

  private func isTrue(_ value: Value) -> Bool {
    switch value {
    case .null, .bool(false), .int(0): false
    default: true
    }
  }
}
