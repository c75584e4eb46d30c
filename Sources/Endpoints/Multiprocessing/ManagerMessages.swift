public import WireFormats

/// A request to the server of Python's `multiprocessing.managers`: a pickled tuple of identifier, method, arguments and
/// keywords.
struct ManagerRequest: Equatable {
  /// The shared object's, or nil for the server itself.
  var identifier: String?
  var method: String
  var arguments: [Value] = []
  var keywords: [String: Value] = [:]

  init(_ identifier: String?, _ method: String, _ arguments: [Value] = [], keywords: [String: Value] = [:]) {
    (self.identifier, self.method, self.arguments, self.keywords) = (identifier, method, arguments, keywords)
  }

  /// Reads a request; text that CPython 2.7 sends is bytes.
  ///
  /// - Throws: ``EndpointError`` of kind `malformed` for anything else.
  init(_ value: Value) throws(EndpointError) {
    guard case .tuple(let parts) = value, parts.count == 4, let method = parts[1].name,
      let arguments = parts[2].parts, case .map(let entries) = parts[3]
    else { throw Self.malformed }
    switch parts[0] {
    case .null: identifier = nil
    default:
      guard let name = parts[0].name else { throw Self.malformed }
      identifier = name
    }
    (self.method, self.arguments) = (method, arguments)
    for entry in entries {
      guard let key = entry.key.name else { throw Self.malformed }
      keywords[key] = entry.value
    }
  }

  var value: Value {
    .tuple([
      identifier.map { .text($0) } ?? .null, .text(method), .tuple(arguments),
      .map(keywords.sorted { $0.key < $1.key }.map { .init(.text($0.key), $0.value) }),
    ])
  }

  private static var malformed: EndpointError {
    EndpointError(.malformed, "A request to a manager is a tuple of an identifier, a method, arguments and keywords.")
  }
}

/// What the server of a Python manager answered.
public enum ManagerReply: Equatable, Sendable {
  /// The method's result.
  case returned(Value)
  /// The method raised an exception.
  case raised(RemoteException)
  /// The result stays at the server and has an identifier there, with one reference for us; its methods are named.
  case shared(identifier: String, methods: [String])

  /// Reads a reply.
  ///
  /// - Throws: ``EndpointError``: `internal` if the server could not obey, with what it says of it; `malformed` for what is no reply.
  init(_ value: Value) throws(EndpointError) {
    guard case .tuple(let parts) = value, parts.count == 2, let kind = parts[0].name else { throw Self.malformed }
    switch kind {
    case "#RETURN": self = .returned(parts[1])
    case "#ERROR":
      guard case .object(let object) = parts[1] else { throw Self.malformed }
      self = .raised(RemoteException(name: object.name, arguments: object.arguments?.parts ?? []))
    case "#PROXY":
      guard let both = parts[1].parts, both.count == 2, let methods = both[0].parts, case .object(let token) = both[1],
        let identifier = token.sharedIdentifier
      else { throw Self.malformed }
      self = .shared(identifier: identifier, methods: methods.compactMap(\.name))
    case "#TRACEBACK", "#UNSERIALIZABLE":
      let lines = (parts[1].name ?? "").split(separator: "\n")
      throw EndpointError(.internal, "The manager could not obey: \(lines.last ?? "it does not say why").")
    default: throw Self.malformed
    }
  }

  private static var malformed: EndpointError {
    EndpointError(.malformed, "The peer did not answer as a manager does, with #RETURN, #ERROR or the like.")
  }
}

/// An exception that a shared object raised in the manager's process.
public struct RemoteException: Equatable, Sendable {
  /// The qualified name of its class there, such as `builtins.KeyError`.
  public var name: String
  /// What it was made with.
  public var arguments: [Value]

  /// `queue.Empty`, which has had three names in Python.
  var isEmpty: Bool { ["_queue.Empty", "queue.Empty", "Queue.Empty"].contains(name) }
  /// `queue.Full`, which has had two.
  var isFull: Bool { ["_queue.Full", "queue.Full", "Queue.Full"].contains(name) }

  /// The error for a caller that did not expect it.
  var error: EndpointError {
    let text = arguments.map { $0.name ?? $0.tokens }.joined(separator: ", ")
    return EndpointError(.internal, "The shared object raised \(name)\(text.isEmpty ? "" : ": \(text)").")
  }
}

extension Value {
  /// A name, whichever kind of string the peer's Python has for it.
  var name: String? {
    switch self {
    case .text(let text): text
    case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  /// The parts of a tuple or list.
  var parts: [Value]? {
    switch self {
    case .tuple(let parts), .list(let parts): parts
    default: nil
    }
  }
}

extension Value.InertObject {
  /// The identifier in a `multiprocessing.managers.Token`, whose state is its type, address and identifier.
  var sharedIdentifier: String? {
    guard let state = state?.parts ?? arguments?.parts, state.count == 3 else { return nil }
    return state[2].name
  }
}
