package import Cases
import Yams

extension ExampleDeclaration {
  /// Reads a declaration.
  ///
  /// - Throws: ``HarnessError`` that names the file, the line if known, and the fix.
  package init(contentsOf path: String) throws(HarnessError) {
    self = try StrictYAML.decode(path, subject: "declaration", page: "interop/notes/README.md") { top in
      try StrictYAML.refuseUnknownKeys(top, CodingKeys.allCases.map(\.rawValue), "", path)
      for conversation in top["conversations"]?.sequence ?? [] {
        let known = Conversation.CodingKeys.allCases.map(\.rawValue)
        try StrictYAML.refuseUnknownKeys(conversation.mapping, known, "conversations.", path)
        for step in conversation.mapping?["steps"]?.sequence ?? [] {
          let known = ExampleStep.Verb.allCases.map(\.rawValue)
          try StrictYAML.refuseUnknownKeys(step.mapping, known, "steps.", path)
        }
      }
    }
    try validate(path)
  }
}
