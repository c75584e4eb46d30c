extension ExampleStep {
  /// The file beside the declaration that the step needs.
  package var fileName: String? {
    switch self {
    case .send(let message), .receive(let message): if case .file(let name) = message.content { name } else { nil }
    default: nil
    }
  }

  /// The codec that the step needs of the peer.
  var codec: String? {
    switch self {
    case .send(let message), .receive(let message):
      if case .value(_, let codec, _) = message.content { codec } else { nil }
    default: nil
    }
  }

  /// The feature that the step needs of the peer.
  var feature: String? {
    switch self {
    case .call: "call"
    case .quiet: "timeout"
    // Whether a queue is empty is asked for with a timeout, which every queue has.
    case .receive(let message):
      if case .empty = message.content { nil } else { message.timeout.map { _ in "timeout" } }
    default: nil
    }
  }
}
