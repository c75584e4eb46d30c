import AdapterProtocol
import Foundation
import WireFormats

extension ExampleConversation {
  /// A step cannot be turned into a command.
  struct BadStep: Error {
    var message: String
  }

  /// The command line of a step for the peer, and the expected reply.
  ///
  /// - Throws: ``BadStep`` if a value in the declaration is invalid.
  func order(_ step: ExampleStep) throws(BadStep) -> (line: String, Expectation) {
    switch step {
    case .open(let fields):
      let words = filled(fields)
      return (words.contains("channel=") ? "open \(words)" : "open channel=c \(words)", .ok)
    case .accept(let channel): return ("accept channel=\(channel)", .ok)
    case .send(let message): return (sending(message), .ok)
    case .receive(let message): return try receiving(message)
    case .call(let call): return try calling(call)
    case .command(let line, let error): return (filled(line), error.map { .error([$0]) } ?? .ok)
    case .close(let channel): return ("close channel=\(channel)", .ok)
    case .halfClose(let channel): return ("close channel=\(channel) how=write", .ok)
    case .output, .input, .exit: throw BadStep(message: "This step has no command for the peer.")
    }
  }

  private func sending(_ message: ExampleMessage) -> String {
    let content =
      switch message.content {
      case .text(let text): "payload=\(Hex.text(Array(filled(text).utf8)))"
      case .bytes(let bytes): "payload=\(Hex.text(bytes))"
      case .value(let value, let codec, let format): "\(coded(codec, format)) value=\(filled(value))"
      case .end, .empty, .error: "payload="
      }
    return "send channel=\(message.channel) \(content)"
  }

  private func receiving(_ message: ExampleMessage) throws(BadStep) -> (line: String, Expectation) {
    var command = "receive channel=\(message.channel)"
    if let timeout = message.timeout { command += " timeout=\(timeout)" }
    switch message.content {
    case .text(let text): return (command, .message(Message(filled(text))))
    case .bytes(let bytes): return (command, .message(Message(bytes)))
    case .value(let tokens, let codec, let format):
      return ("\(command) \(coded(codec, format))", .value(try value(filled(tokens))))
    case .end: return (command, .end)
    case .empty: return (command, .fields([Field("empty", "true")]))
    case .error(let kind): return (command, .error([kind]))
    }
  }

  private func calling(_ call: ExampleCall) throws(BadStep) -> (line: String, Expectation) {
    var command = "call channel=\(call.channel ?? "c") method=\(call.method)"
    if let value = call.value { command += " value=\(filled(value))" }
    let expectation: Expectation? = try call.result.map { text throws(BadStep) in .value(try value(filled(text))) }
    return (command, expectation ?? .ok)
  }

  private func coded(_ codec: String, _ format: String?) -> String {
    guard let format else { return "codec=\(codec)" }
    return String(Command("", [Field("codec", codec), Field("format", format)]).line.dropFirst())
  }

  private func value(_ tokens: String) throws(BadStep) -> Value {
    do {
      return try Value(tokens: tokens)
    } catch {
      throw BadStep(message: "\"\(tokens)\" in the declaration is not a value: \(error.message)")
    }
  }

  /// Replaces known placeholders; braces with anything else are kept, because regular expressions use them.
  func filled(_ text: String, isPattern: Bool = false) -> String {
    Self.filled(text, placeholders, escaping: isPattern)
  }

  /// Replaces a text's placeholders; `{{name}}` is the text `{name}`, except in a pattern.
  package static func filled(_ text: String, _ placeholders: [String: String], escaping: Bool = false) -> String {
    text.replacing(/\{(\{)?([a-zA-Z][a-zA-Z0-9]*)\}(\})?/) { match in
      if !escaping, match.1 != nil, match.3 != nil { return "{\(match.2)}" }
      let (before, after) = (match.1 ?? "", match.3 ?? "")
      guard let value = placeholders[String(match.2)] else { return String(match.0) }
      return before + (escaping ? NSRegularExpression.escapedPattern(for: value) : value) + after
    }
  }
}
