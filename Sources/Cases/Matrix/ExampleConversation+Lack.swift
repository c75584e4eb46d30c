import AdapterProtocol
import Journal

extension ExampleDeclaration.Conversation {
  /// What the adapter does not declare but the conversation needs; nil if nothing.
  func lack(of declaration: Planner.Capabilities) -> LackRecord? {
    func lack(_ kind: LackRecord.Kind, _ name: String) -> LackRecord {
      LackRecord(adapter: declaration.name, kind: kind, name: name)
    }
    for opening in openings {
      if let transport = opening["transport"], !declaration.transports.contains(transport) {
        return lack(.transport, transport)
      }
      if let framing = opening["framing"], framing != "none", !declaration.framings.contains(framing) {
        return lack(.framing, framing)
      }
      // Every manager queue has a key, so there it needs no feature.
      if opening["authkey"] != nil, Transport(rawValue: opening["transport"] ?? "")?.traits.content != .objects,
        !declaration.features.contains("authkey")
      {
        return lack(.feature, "authkey")
      }
    }
    if let codec = allSteps.lazy.compactMap(\.codec).first(where: { !declaration.codecs.contains($0) }) {
      return lack(.codec, codec)
    }
    return allSteps.lazy.compactMap(\.feature).first { !declaration.features.contains($0) }.map { lack(.feature, $0) }
  }
}
