package import AdapterProtocol
package import Journal
import WireFormats

extension Expectation {
  /// Compares a reply with what it must be.
  ///
  /// - Parameters:
  ///   - reply: the reply.
  ///   - fileContent: the message, where it came in a file.
  ///   - subject: who replied: `swift (reader)`.
  /// - Returns: nil if the reply is right.
  package func mismatch(_ reply: Reply, fileContent: [UInt8]?, subject: String) -> Mismatch? {
    switch (self, reply) {
    case (.ok, .ok): return nil
    case (.fields(let fields), .ok) where fields.allSatisfy { reply.bytes($0.key) == $0.value }: return nil
    case (.value(let value), .ok):
      guard let text = reply.text("value"), let seen = try? Value(tokens: text) else { break }
      guard seen != value else { return nil }
      return Mismatch(
        expected: "the value \(Self.shortened(value.tokens))", seen: "the value \(Self.shortened(seen.tokens))")
    case (.encoding(let encoding), .ok):
      guard let message = reply.bytes("payload").flatMap(Hex.bytes) else { break }
      return encoding.mismatch(message, subject: subject)
    case (.end, .ok) where reply.text("end") == "true": return nil
    case (.error(let kinds), .error(let kind, _)) where kinds.contains(kind): return nil
    case (.message(let message), .ok):
      guard reply.text("end") == nil, let payload = fileContent ?? reply.bytes("payload").flatMap(Hex.bytes) else {
        break
      }
      if fileContent != nil && reply.text("length") != String(payload.count) {
        return Mismatch(
          expected: "ok length=\(payload.count), the length of the file it wrote", seen: Self.shortened(reply.line))
      }
      guard !payload[...].isSame(as: message.payload[...]) else { return nil }
      return Mismatch(
        expected: "the message \(message.summary)", seen: "the message \(Message.summary(of: payload))",
        difference: .between(
          payload, message.payload, subject: "the message as \(subject) understood it",
          source: "the message that was sent"))
    default: break
    }
    return Mismatch(expected: description, seen: Self.shortened(reply.plainText))
  }

  /// How people are told of it.
  package var description: String {
    switch self {
    case .ok: "ok"
    case .message(let message): "the message \(message.summary)"
    case .encoding(let encoding): "a message that holds \(Self.shortened(encoding.value.tokens))"
    case .value(let value): "the value \(Self.shortened(value.tokens))"
    case .fields(let fields): Reply.ok(fields).line
    case .end: "ok end=true"
    case .error(let kinds): "error kind=" + kinds.map(\.rawValue).sorted().joined(separator: " or ")
    }
  }

  /// A line that may be long, for people.
  package static func shortened(_ line: String, to limit: Int = 160) -> String {
    line.utf8.count <= limit ? line : "\(line.prefix(limit))… (\(line.utf8.count) bytes)"
  }
}

extension Encoding {
  /// Compares a message with what the value must become.
  package func mismatch(_ message: [UInt8], subject: String) -> Mismatch? {
    let expected = "a message that holds \(Expectation.shortened(value.tokens))"
    if let bytes {
      return ByteDifference.between(
        message, bytes, subject: "the message that \(subject) received", source: "interop/vectors/values.yml",
        field: "message"
      ).map { Mismatch(expected: expected, seen: "other bytes", difference: $0) }
    }
    do {
      let seen = try codec.decode(message, format: format)
      return seen == value
        ? nil : Mismatch(expected: expected, seen: "one that holds \(Expectation.shortened(seen.tokens))")
    } catch {
      return Mismatch(
        expected: expected,
        seen: "\(Expectation.shortened(Hex.text(message))), which is no \(codec.rawValue): \(error.message)")
    }
  }
}

extension ByteDifference {
  /// Compares two byte strings that are at hand; nil if they are the same.
  package static func between(
    _ seen: [UInt8], _ expected: [UInt8], subject: String, source: String, field: String = "payload"
  ) -> ByteDifference? {
    guard !seen[...].isSame(as: expected[...]) else { return nil }
    let offset = zip(seen, expected).prefix { $0 == $1 }.count
    let start = max(0, offset - 16)
    func window(_ bytes: [UInt8]) -> String { Hex.text(bytes.dropFirst(start).prefix(offset - start + 16)) }
    return ByteDifference(
      subject: subject, source: source, offset: offset, field: "\(field), byte \(offset)", windowStart: start,
      expected: window(expected), seen: window(seen))
  }
}
