import AdapterProtocol
package import Cases
import Foundation
import WireFormats
import Yams

extension ExampleDeclaration {
  /// Reads a declaration.
  ///
  /// - Throws: ``HarnessError`` that names the file, the line and the fix.
  package init(contentsOf path: String) throws(HarnessError) {
    let (declaration, file): (ExampleDeclaration, StrictYAML) = try StrictYAML.decode(
      path, subject: "declaration", page: "interop/notes/README.md", rewritten: Self.rewritten
    ) { file throws(HarnessError) in
      try file.refuseUnknownKeys(file.top, CodingKeys.allCases.map(\.rawValue))
      for conversation in file["conversations"]?.sequence ?? [] {
        try Self.check(conversation, in: file)
      }
    }
    if let fault = declaration.fault { throw file.error(at: fault.place, fault.sentence) }
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    for (index, conversation) in declaration.conversations.enumerated() {
      for (place, step) in conversation.steps.enumerated() {
        for name in step.parts.compactMap(\.fileName) where WholeFile.read(Self.path(of: name, in: folder)) == nil {
          throw file.error(
            at: ["conversations", "\(index)", "steps", "\(place)"],
            "cannot read the file \(name); its path is relative to the declaration's folder.")
        }
      }
    }
    self = declaration
  }

  /// Rejects unknown keys and words, which the decoder would ignore or call by the names of its types.
  private static func check(_ conversation: Node, in file: StrictYAML) throws(HarnessError) {
    try file.refuseUnknownKeys(conversation, Conversation.CodingKeys.allCases.map(\.rawValue), "conversations.")
    try file.refuseUnknownWord(conversation.mapping?["example"], Side.allCases.map(\.rawValue), "example")
    for (_, program) in conversation.mapping?["programs"]?.mapping ?? [:] {
      try file.refuseUnknownKeys(program, ExampleProgram.CodingKeys.allCases.map(\.rawValue), "programs.")
    }
    try file.refuseUnknownWord(conversation.mapping?["inherit"], Inheritance.allCases.map(\.rawValue), "inherit")
    for step in conversation.mapping?["steps"]?.sequence ?? [] {
      try check(step: step, in: file)
      for part in step.mapping?["together"]?.sequence ?? [] { try check(step: part, in: file) }
    }
  }

  private static func check(step: Node, in file: StrictYAML) throws(HarnessError) {
    try file.refuseUnknownKeys(step, ExampleStep.Verb.allCases.map(\.rawValue), "steps.")
    try file.refuseUnknownWord(step.mapping?["error"], ErrorKind.allCases.map(\.rawValue), "error")
    for verb in ["send", "receive"] {
      let message = step.mapping?[verb]
      try file.refuseUnknownKeys(message, ExampleMessage.Key.allCases.map(\.rawValue), "\(verb).")
      try file.refuseUnknownWord(message?.mapping?["error"], ErrorKind.allCases.map(\.rawValue), "error")
      try file.refuseUnknownWord(message?.mapping?["codec"], Codec.allCases.map(\.rawValue), "codec")
    }
    try file.refuseUnknownKeys(step.mapping?["call"], ExampleCall.CodingKeys.allCases.map(\.rawValue), "call.")
    try file.refuseUnknownKeys(step.mapping?["wait"], ExamplePlace.Kind.allCases.map(\.rawValue), "wait.")
    try file.refuseUnknownWord(step.mapping?["stop"], ExampleStop.words, "stop")
    try file.refuseUnknownWord(step.mapping?["from"], ExampleStream.allCases.map(\.rawValue), "from")
    for (key, owners) in [
      ("error", ["command"]), ("from", ["output"]), ("channel", ["quiet"]),
      ("program", ["output", "input", "stop", "exit"]),
    ] {
      guard let node = step.mapping?[key], !owners.contains(where: { step.mapping?[$0] != nil }) else { continue }
      throw file.error(on: node, "\(key) goes with \(owners.joined(separator: ", ")) only.")
    }
  }
}
