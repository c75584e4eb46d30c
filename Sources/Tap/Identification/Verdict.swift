package import Journal
package import WireFormats

/// What two programs speak, as far as their first bytes tell.
package struct Verdict: Equatable, Sendable {
  /// The framing of each direction.
  package var framings: [TapSide: Framing]
  /// What the messages are, such as `pickle`, the most frequent first; empty if no message is known.
  package var contents: [String]
  /// Why.
  package var reason: String
  /// What else it could be, each with what speaks for it.
  package var alternatives: [Alternative]
  /// Whether nothing else explains the bytes nearly as well.
  package var isCertain: Bool

  /// Another framing.
  package struct Alternative: Equatable, Sendable {
    /// The framing.
    package var framing: Framing
    /// What speaks for it, as a phrase.
    package var reason: String
    /// Whether it cuts these bytes into the same messages.
    package var isSameCut: Bool
  }

  /// The framing's name, or both if the directions differ.
  package var framingNames: String {
    let (client, server) = (framings[.client]?.rawValue ?? "none", framings[.server]?.rawValue ?? "none")
    return client == server ? client : "\(client) from the client, \(server) from the server"
  }

  /// Whether no framing explains the bytes.
  package var isUnframed: Bool { framings.values.allSatisfy { $0 == .none } }

  /// The verdict as sentences.
  package var sentences: String {
    var text = "framing \(framingNames): \(reason)."
    let list = alternatives.map { "\($0.framing.rawValue) (\($0.reason))" }.joined(separator: ", ")
    if !list.isEmpty { text += " It could also be \(list)." }
    if !isCertain { text += " Not certain: too few bytes speak for it." }
    return text
  }
}
