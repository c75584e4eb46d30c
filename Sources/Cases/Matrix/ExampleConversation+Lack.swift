import AdapterProtocol

extension ExampleDeclaration.Conversation {
  /// What the adapter does not declare but the conversation needs; nil if nothing.
  func lack(of declaration: Planner.Capabilities) -> String? {
    for opening in openings {
      if let transport = opening["transport"], !declaration.transports.contains(transport) {
        return "the transport \(transport)"
      }
      if let framing = opening["framing"], framing != "none", !declaration.framings.contains(framing) {
        return "the framing \(framing)"
      }
      // Every manager queue has a key, so there it needs no feature.
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
