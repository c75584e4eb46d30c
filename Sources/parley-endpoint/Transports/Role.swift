import AdapterProtocol

/// The side as which a channel is opened.
enum Role: String {
  case listen
  case connect
  case read
  case write

  /// Whether messages come to this side where they go one way.
  var isReceiver: Bool {
    switch self {
    case .listen, .read: true
    case .connect, .write: false
    }
  }
}

extension Transport.Traits {
  /// The role of a name, if the transport has it.
  func role(_ name: String) -> Role? {
    guard name == roles.names.0 || name == roles.names.1 else { return nil }
    return Role(rawValue: name)
  }

  /// Which way messages go.
  func direction(_ role: Role) -> Direction {
    if isDuplex { return .both }
    return role.isReceiver ? .receiving : .sending
  }
}
