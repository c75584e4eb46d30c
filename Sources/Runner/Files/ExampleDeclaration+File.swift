import AdapterProtocol
package import Cases
import WireFormats
import Yams

extension ExampleDeclaration {
  /// Reads a declaration.
  ///
  /// - Throws: ``HarnessError`` that names the file, the line and the fix.
  package init(contentsOf path: String) throws(HarnessError) {
    let (declaration, file): (ExampleDeclaration, StrictYAML) = try StrictYAML.decode(
      path, subject: "declaration", page: "interop/notes/README.md"
    ) { file throws(HarnessError) in
      try file.refuseUnknownKeys(file.top, CodingKeys.allCases.map(\.rawValue))
      for conversation in file["conversations"]?.sequence ?? [] {
        try Self.check(conversation, in: file)
      }
    }
    if let fault = declaration.fault { throw file.error(at: fault.place, fault.sentence) }
    self = declaration
  }

  /// Rejects unknown keys and words, which the decoder would ignore or call by the names of its types.
  private static func check(_ conversation: Node, in file: StrictYAML) throws(HarnessError) {
    try file.refuseUnknownKeys(conversation, Conversation.CodingKeys.allCases.map(\.rawValue), "conversations.")
    try file.refuseUnknownWord(conversation.mapping?["example"], Side.allCases.map(\.rawValue), "example")
    try file.refuseUnknownWord(conversation.mapping?["inherit"], Inheritance.allCases.map(\.rawValue), "inherit")
    for step in conversation.mapping?["steps"]?.sequence ?? [] {
      try file.refuseUnknownKeys(step, ExampleStep.Verb.allCases.map(\.rawValue), "steps.")
      try file.refuseUnknownWord(step.mapping?["error"], ErrorKind.allCases.map(\.rawValue), "error")
      for verb in ["send", "receive"] {
        let message = step.mapping?[verb]
        try file.refuseUnknownKeys(message, ExampleMessage.Key.allCases.map(\.rawValue), "\(verb).")
        try file.refuseUnknownWord(message?.mapping?["error"], ErrorKind.allCases.map(\.rawValue), "error")
        try file.refuseUnknownWord(message?.mapping?["codec"], Codec.allCases.map(\.rawValue), "codec")
      }
      try file.refuseUnknownKeys(step.mapping?["call"], ExampleCall.CodingKeys.allCases.map(\.rawValue), "call.")
    }
  }
}
