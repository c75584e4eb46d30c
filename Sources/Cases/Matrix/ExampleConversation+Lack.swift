import AdapterProtocol

extension ExampleDeclaration.Conversation {
  /// What an adapter lacks to take part, or nil.
  func lack(of declaration: Planner.Capabilities) -> String? {
    for opening in openings {
      if let transport = opening["transport"], !declaration.transports.contains(transport) {
        return "the transport \(transport)"
      }
      if let framing = opening["framing"], framing != "none", !declaration.framings.contains(framing) {
        return "the framing \(framing)"
      }
      // On a manager queue the key is no option.
      if opening["authkey"] != nil, Transport(rawValue: opening["transport"] ?? "")?.traits.content != .objects,
        !declaration.features.contains("authkey")
      {
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
