import AdapterProtocol

/// A verb of the adapter protocol, with its keys.
enum Verb: String, CaseIterable {
  case hello
  case open
  case accept
  case send
  case receive
  case close
  case reset
  case echo
  case ping
  case layout
  case call

  /// The keys that a command must have.
  var requiredKeys: [String] {
    switch self {
    case .hello, .reset: []
    case .open: ["channel", "transport", "role", "address", "framing"]
    case .accept, .send, .receive, .close: ["channel"]
    case .echo: ["channel", "count"]
    case .ping: ["channel", "count", "size"]
    case .layout: ["record"]
    case .call: ["channel", "method"]
    }
  }

  /// The keys that a command may have; for `open` the options of every transport.
  var optionalKeys: [String] {
    switch self {
    case .open: ["limit"] + Transport.options
    case .send: ["payload", "file", "codec", "value", "format"]
    case .receive: ["file", "codec", "format", "timeout"]
    case .accept: ["timeout"]
    case .close: ["how"]
    case .call: ["value"]
    case .hello, .reset, .echo, .ping, .layout: []
    }
  }
}
