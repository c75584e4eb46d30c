import AdapterProtocol

/// The role in which a channel is opened.
enum Role: String {
  case listen
  case connect
  case read
  case write

  /// Whether this side receives on a one-way transport.
  var isReceiver: Bool {
    switch self {
    case .listen, .read: true
    case .connect, .write: false
    }
  }
}

extension Transport.Traits {
  /// The role with a name, if the transport has it.
  func role(_ name: String) -> Role? {
    guard name == roles.names.0 || name == roles.names.1 else { return nil }
    return Role(rawValue: name)
  }

  /// The direction of messages for a role.
  func direction(_ role: Role) -> Direction {
    if isDuplex { return .both }
    return role.isReceiver ? .receiving : .sending
  }
}
