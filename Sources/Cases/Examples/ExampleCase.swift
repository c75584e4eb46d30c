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

  /// The path of a file that a step names.
  package func path(of name: String) -> String { ExampleDeclaration.path(of: name, in: folder) }
}

extension ExampleDeclaration {
  /// The path of a file that a declaration in a folder names.
  package static func path(of name: String, in folder: String) -> String {
    name.hasPrefix("/") ? name : "\(folder)/\(name)"
  }
}

extension ExampleDeclaration.Conversation {
  /// The name of the conversation's first channel in case names.
  package var channelName: String {
    guard let opening = openings.first else { return "alone" }
    let codec = allSteps.lazy.compactMap(\.codec).first
    return [opening["transport"], opening["framing"], codec].compactMap(\.self).joined(separator: "+")
  }

  /// The files that the steps name.
  package var fileNames: [String] {
    allSteps.compactMap(\.fileName)
  }

  /// The keys and values of every `open`.
  package var openings: [[String: String]] {
    allSteps.compactMap { step in
      guard case .open(let fields) = step else { return nil }
      return Dictionary(ExampleStep.fields(fields).map { ($0.key, $0.value) }) { first, _ in first }
    }
  }
}
