import BigInt
import WireFormats

/// The queues that a ``ManagerServer`` shares, and what can be asked of the server itself.
struct ManagerCatalog: Sendable {
  private let identifiers: [String: String]
  private let queues: [String: SharedQueue]

  /// Shares queues under their names; each gets an identifier that looks like one of Python's, an address in hexadecimal.
  init(_ queues: [String: SharedQueue]) {
    var identifiers: [String: String] = [:]
    var objects: [String: SharedQueue] = [:]
    for (index, entry) in queues.sorted(by: { $0.key < $1.key }).enumerated() {
      let identifier = String(0x7f00_0000_0010 + 16 * index, radix: 16)
      identifiers[entry.key] = identifier
      objects[identifier] = entry.value
    }
    (self.identifiers, self.queues) = (identifiers, objects)
  }

  func queue(registeredAs name: String) -> SharedQueue? {
    identifiers[name].flatMap { queues[$0] }
  }

  func queue(_ identifier: String) -> SharedQueue? { queues[identifier] }

  func close() {
    for queue in queues.values { queue.close() }
  }

  /// Answers what is asked of the server and not of an object.
  func answer(_ request: ManagerRequest) -> ManagerAnswer {
    switch request.method {
    case "dummy", "accept_connection": return .returned(.null)
    case "create":
      guard let name = request.arguments.first?.name, let identifier = identifiers[name] else {
        let names = identifiers.keys.sorted().joined(separator: ", ")
        return .refused("KeyError: nothing is registered under that name; this server has \(names)")
      }
      return .returned(.tuple([.text(identifier), Self.methods]))
    case "incref", "decref", "get_methods":
      guard let identifier = identifier(in: request.arguments.first), queues[identifier] != nil else {
        return .refused("KeyError: there is no object of that identifier")
      }
      return .returned(request.method == "get_methods" ? Self.methods : .null)
    case "number_of_objects": return .returned(.int(BigInt(queues.count)))
    case "debug_info":
      let lines = identifiers.sorted { $0.key < $1.key }.map { name, identifier in
        "  \(identifier):       \(name), \(queues[identifier]?.count ?? 0) objects"
      }
      return .returned(.text(lines.joined(separator: "\n")))
    case "shutdown": return .refused("PermissionError: this server ends with the program that started it")
    default: return .refused("AttributeError: a manager has no method \(request.method)")
    }
  }

  /// As text, or in a token as a proxy in another process sends it.
  private func identifier(in argument: Value?) -> String? {
    if case .object(let token)? = argument { token.sharedIdentifier } else { argument?.name }
  }

  private static let methods = Value.tuple(QueueMethod.allCases.map { .text($0.rawValue) })
}
