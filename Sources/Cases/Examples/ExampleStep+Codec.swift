extension ExampleStep {
  /// The codec that the step needs.
  var codec: String? {
    switch self {
    case .send(let message), .receive(let message):
      if case .value(_, let codec, _) = message.content { codec } else { nil }
    default: nil
    }
  }
}
