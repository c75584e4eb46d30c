import AdapterProtocol
import Foundation
import WireFormats

extension ExampleConversation {
  /// A step cannot be turned into a command.
  struct BadStep: Error {
    var message: String
  }

  /// What a step has the peer do.
  struct Order {
    var line: String
    var expectation: Expectation
    /// A file that the command needs: its content and path.
    var upload: (content: [UInt8], path: String)?
    /// The path of the file that the command fills.
    var download: String?

    init(_ line: String, _ expectation: Expectation = .ok) {
      self.line = line
      self.expectation = expectation
    }
  }

  /// The command of a step for the peer, and the expected reply.
  ///
  /// - Parameters:
  ///   - step: the step.
  ///   - number: the command's number, for the names of files.
  /// - Returns: the command line, what its reply must be, and the files that go with it.
  /// - Throws: ``BadStep`` if a value in the declaration is invalid.
  func order(_ step: ExampleStep, number: Int) throws(BadStep) -> Order {
    switch step {
    case .open(let fields):
      let words = filled(fields)
      return Order(words.contains("channel=") ? "open \(words)" : "open channel=c \(words)")
    case .accept(let channel): return Order("accept channel=\(channel)")
    case .send(let message): return try sending(message, number)
    case .receive(let message): return try receiving(message, number)
    case .quiet(let channel, let milliseconds):
      return Order("receive channel=\(channel) timeout=\(milliseconds)", .error([.timeout]))
    case .call(let call): return try calling(call)
    case .command(let line, let error): return Order(filled(line), error.map { .error([$0]) } ?? .ok)
    case .close(let channel): return Order("close channel=\(channel)")
    case .halfClose(let channel): return Order("close channel=\(channel) how=write")
    case .start, .wait, .output, .input, .stop, .exit, .together, .within:
      throw BadStep(message: "This step has no command for the peer.")
    }
  }

  /// The bytes that a content stands for; nil if it does not stand for bytes.
  private func bytes(_ content: ExampleMessage.Content) throws(BadStep) -> [UInt8]? {
    switch content {
    case .text(let text), .json(let text): return Array(filled(text).utf8)
    case .bytes(let bytes): return bytes
    case .pattern(let count): return Message(length: count).payload
    case .file(let name):
      guard let bytes = files[name] else { throw BadStep(message: "The file \(name) was not read.") }
      return bytes
    case .matching, .value, .any, .end, .empty, .error: return nil
    }
  }

  private func sending(_ message: ExampleMessage, _ number: Int) throws(BadStep) -> Order {
    let command = "send channel=\(message.channel)"
    if case .value(let value, let codec, let format) = message.content {
      return Order("\(command) \(coded(codec, format)) value=\(filled(value))")
    }
    let payload = try bytes(message.content) ?? []
    guard payload.count > Message.longestInline else { return Order("\(command) payload=\(Hex.text(payload))") }
    let path = file(number, "sent")
    var order = Order("\(command) \(Self.fileField(path))")
    order.upload = (payload, path)
    return order
  }

  private func receiving(_ message: ExampleMessage, _ number: Int) throws(BadStep) -> Order {
    var command = "receive channel=\(message.channel)"
    if let timeout = message.timeout { command += " timeout=\(timeout)" }
    switch message.content {
    case .value(let tokens, let codec, let format):
      return Order("\(command) \(coded(codec, format))", .value(try value(filled(tokens))))
    case .end: return Order(command, .end)
    case .empty: return Order(command, .fields([Field("empty", "true")]))
    case .error(let kind): return Order(command, .error([kind]))
    case .any: return Order(command, .like(.any))
    case .matching(let pattern): return Order(command, .like(.matching(filled(pattern, isPattern: true))))
    case .json(let text):
      let text = filled(text)
      do {
        return Order(command, .like(.json(try JSONPattern(text), text: text)))
      } catch {
        throw BadStep(message: "\"\(text)\" in the declaration is not JSON: \(error.message)")
      }
    case .text, .bytes, .pattern, .file:
      let expected = Message(try bytes(message.content) ?? [])
      guard expected.travelsInFile else { return Order(command, .message(expected)) }
      let path = file(number, "received")
      var order = Order("\(command) \(Self.fileField(path))", .message(expected))
      order.download = path
      return order
    }
  }

  private func file(_ number: Int, _ name: String) -> String { "\(placeholders["folder"] ?? "")/\(name)-\(number)" }

  private static func fileField(_ path: String) -> String {
    String(Command("", [Field("file", path)]).line.dropFirst())
  }

  private func calling(_ call: ExampleCall) throws(BadStep) -> Order {
    var command = "call channel=\(call.channel ?? "c") method=\(call.method)"
    if let value = call.value { command += " value=\(filled(value))" }
    let expectation: Expectation? = try call.result.map { text throws(BadStep) in .value(try value(filled(text))) }
    return Order(command, expectation ?? .ok)
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
