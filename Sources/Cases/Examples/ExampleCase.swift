import AdapterProtocol

/// One conversation of an example with one peer.
package struct ExampleCase: Sendable {
  package var conversation: ExampleDeclaration.Conversation
  /// The path of the declaration's folder, which is the program's working directory.
  package var folder: String
  /// The program's absolute path and its first arguments.
  package var command: [String]
  /// The program's name in the pair: its language, or a version of it.
  package var program: String
  /// The peer's adapter; nil for a conversation without a peer.
  package var peer: String?
}

extension ExampleDeclaration.Conversation {
  /// The name of the conversation's first channel in case names.
  package var channelName: String {
    guard let opening = openings.first else { return "alone" }
    let codec = steps.lazy.compactMap(\.codec).first
    return [opening["transport"], opening["framing"], codec].compactMap(\.self).joined(separator: "+")
  }

  /// The keys and values of every `open`.
  package var openings: [[String: String]] {
    steps.compactMap { step in
      guard case .open(let fields) = step else { return nil }
      return Dictionary(ExampleStep.fields(fields).map { ($0.key, $0.value) }) { first, _ in first }
    }
  }
}
