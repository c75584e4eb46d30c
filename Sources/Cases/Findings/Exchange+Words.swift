import AdapterProtocol
import WireFormats

extension Observation.Exchange {
  /// The command, shortened.
  package var shortCommand: String { Shortened.text(command.line, to: 120) }

  /// What was answered, in words.
  package var answer: String {
    guard let reply else { return "nothing" }
    switch (expectation, mismatch?.kind) {
    case (.message, .cutMessage), (.message, .textForBytes), (.message, .otherMessage), (.message, .oldContent):
      let payload = fileContent ?? reply.bytes("payload").flatMap(Hex.bytes) ?? []
      return "the message \(Message.summary(of: payload))"
    case (.message, .wrongLength):
      return "\(Shortened.text(reply.line)), and the file has \(fileContent?.count ?? 0) bytes"
    case (.like(let pattern), .otherMessage):
      let payload = fileContent ?? reply.bytes("payload").flatMap(Hex.bytes) ?? []
      let text = String(validating: payload, as: UTF8.self).map { "\"\(Shortened.text($0, to: 200))\"" }
      let message = text ?? Hex.text(payload.prefix(64))
      guard case .failure(let lack) = pattern.compare(payload) else { return "the message \(message)" }
      return "the message \(message), which \(lack.sentence)"
    case (.value, .otherValue): return "the value \(Shortened.text(reply.text("value") ?? ""))"
    case (.encoding(let encoding), .otherMessage), (.encoding(let encoding), .otherValue): return held(encoding, reply)
    default: return Shortened.text(reply.plainText)
    }
  }

  private func held(_ encoding: Encoding, _ reply: Reply) -> String {
    if encoding.bytes != nil { return "other bytes" }
    let message = reply.bytes("payload").flatMap(Hex.bytes) ?? []
    do {
      return "one that holds \(Shortened.text(try encoding.codec.decode(message, format: encoding.format).tokens))"
    } catch {
      return "\(Shortened.text(Hex.text(message))), which is no \(encoding.codec.rawValue): \(error.message)"
    }
  }
}

extension Expectation {
  /// How people are told of it.
  package var words: String {
    switch self {
    case .ok: "ok"
    case .message(let message): "the message \(message.summary)"
    case .like(let pattern): pattern.words
    case .encoding(let encoding): "a message that holds \(Shortened.text(encoding.value.tokens))"
    case .value(let value): "the value \(Shortened.text(value.tokens))"
    case .fields(let fields): Reply.ok(fields).line
    case .end: "ok end=true"
    case .error(let kinds): "error kind=" + kinds.map(\.rawValue).sorted().joined(separator: " or ")
    }
  }
}
