import AdapterProtocol

/// One conversation of an example with one peer.
package struct ExampleCase: Sendable {
  package var conversation: ExampleDeclaration.Conversation
  /// The declaration's folder, in which the program runs.
  package var folder: String
  /// The program and its first arguments; the program is an absolute path.
  package var command: [String]
  /// What the program is called in the pair: its language, or a version of it.
  package var program: String
  /// The peer's adapter; nil for a conversation without a peer.
  package var peer: String?
}

extension ExampleDeclaration.Conversation {
  /// What the conversation's first channel is called in case names.
  package var channelName: String {
    guard let opening = openings.first else { return "alone" }
    let codec = steps.lazy.compactMap(\.codec).first
    return [opening["transport"], opening["framing"], codec].compactMap(\.self).joined(separator: "+")
  }

  /// The keys and values of every `open`.
  package var openings: [[String: String]] {
    steps.compactMap { step in
      guard case .open(let fields) = step else { return nil }
      let pairs = fields.split(separator: " ").map { word in
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
      }
      return Dictionary(pairs) { first, _ in first }
    }
  }

  /// What an adapter lacks to take part, or nil.
  package func lack(of declaration: Planner.Capabilities) -> String? {
    for opening in openings {
      if let transport = opening["transport"], !declaration.transports.contains(transport) {
        return "the transport \(transport)"
      }
      if let framing = opening["framing"], framing != "none", !declaration.framings.contains(framing) {
        return "the framing \(framing)"
      }
      // On a manager queue the key is no option.
      if opening["authkey"] != nil, opening["transport"] != "manager-queue", !declaration.features.contains("authkey") {
        return "the feature authkey"
      }
    }
    if let codec = steps.lazy.compactMap(\.codec).first(where: { !declaration.codecs.contains($0) }) {
      return "the codec \(codec)"
    }
    let calls = steps.contains { if case .call = $0 { true } else { false } }
    return calls && !declaration.features.contains("call") ? "the feature call" : nil
  }
}

extension ExampleStep {
  /// The codec that the step needs.
  fileprivate var codec: String? {
    switch self {
    case .send(let message), .receive(let message):
      if case .value(_, let codec, _) = message.content { codec } else { nil }
    default: nil
    }
  }
}
