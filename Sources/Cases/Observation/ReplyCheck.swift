package import AdapterProtocol
package import Journal
import WireFormats

extension Expectation {
  /// Compares a reply with the expectation.
  ///
  /// - Parameters:
  ///   - reply: the reply.
  ///   - fileContent: the content of the file, for a message received into one.
  ///   - subject: the side that replied, such as `swift (reader)`.
  /// - Returns: what is wrong, or nil if the reply is right.
  package func mismatch(_ reply: Reply, fileContent: [UInt8]?, subject: String) -> Mismatch? {
    switch (self, reply) {
    case (.error(let kinds), .error(let kind, _)): kinds.contains(kind) ? nil : Mismatch(.otherKind)
    case (.error, .ok): Mismatch(.accepted)
    case (_, .error): Mismatch(.refused)
    case (.ok, .ok): nil
    case (.fields(let fields), .ok):
      fields.allSatisfy { reply.bytes($0.key) == $0.value } ? nil : Mismatch(.otherFields)
    case (.value(let value), .ok):
      if let seen = reply.text("value").flatMap({ try? Value(tokens: $0) }) {
        seen == value ? nil : Mismatch(.otherValue)
      } else {
        Mismatch(reply.text("end") == nil ? .noAnswer : .earlyEnd)
      }
    case (.encoding(let encoding), .ok):
      if let digits = reply.bytes("payload") {
        Hex.bytes(digits).map { encoding.mismatch($0, subject: subject) } ?? Mismatch(.notHex)
      } else {
        Mismatch(reply.text("end") == nil ? .noAnswer : .earlyEnd)
      }
    case (.end, .ok): reply.text("end") == "true" ? nil : Mismatch(.noEnd)
    case (.like(let pattern), .ok):
      if reply.text("end") != nil {
        Mismatch(.earlyEnd)
      } else if let content = fileContent ?? reply.bytes("payload").flatMap(Hex.bytes) {
        pattern.isLike(content) ? nil : Mismatch(.otherMessage)
      } else {
        Mismatch(reply.bytes("payload") == nil ? .noAnswer : .notHex)
      }
    case (.message(let message), .ok): message.mismatch(reply, fileContent: fileContent, subject: subject)
    }
  }
}

extension MessagePattern {
  fileprivate func isLike(_ message: [UInt8]) -> Bool {
    if case .success = compare(message) { true } else { false }
  }
}

extension Message {
  fileprivate func mismatch(_ reply: Reply, fileContent: [UInt8]?, subject: String) -> Mismatch? {
    if reply.text("end") != nil { return Mismatch(.earlyEnd) }
    if let fileContent {
      guard reply.text("length") == String(fileContent.count) else {
        return Mismatch(fileContent.count > payload.count ? .oldContent : .wrongLength)
      }
      return mismatch(fileContent, subject: subject, isFile: true)
    }
    guard let digits = reply.bytes("payload") else { return Mismatch(.noAnswer) }
    guard let bytes = Hex.bytes(digits) else { return Mismatch(.notHex) }
    return mismatch(bytes, subject: subject, isFile: false)
  }

  private func mismatch(_ seen: [UInt8], subject: String, isFile: Bool) -> Mismatch? {
    let difference = ByteDifference.between(
      seen, payload, subject: "the message as \(subject) understood it", source: "the message that was sent")
    guard let difference else { return nil }
    let kind: Mismatch.Kind =
      if isFile, seen.count > payload.count, seen.starts(with: payload) || seen.suffix(payload.count) == payload[...] {
        .oldContent
      } else if seen.count < payload.count, payload.starts(with: seen) {
        .cutMessage
      } else if isText(seen) {
        .textForBytes
      } else {
        .otherMessage
      }
    return Mismatch(kind, difference)
  }

  /// Whether the bytes are the payload after a text conversion.
  private func isText(_ seen: [UInt8]) -> Bool {
    guard payload.count <= 1 << 20 else { return false }
    let latin = payload.flatMap { Array(String(UnicodeScalar($0)).utf8) }
    return seen == latin || seen == Array(String(decoding: payload, as: UTF8.self).utf8)
      || seen == payload.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
  }
}

extension Encoding {
  /// Compares a message with the encoded value.
  package func mismatch(_ message: [UInt8], subject: String) -> Mismatch? {
    if let bytes {
      return ByteDifference.between(
        message, bytes, subject: "the message that \(subject) received", source: "interop/vectors/values.yml",
        field: "message"
      ).map { Mismatch(.otherMessage, $0) }
    }
    return (try? codec.decode(message, format: format)) == value ? nil : Mismatch(.otherValue)
  }
}

extension ByteDifference {
  /// Compares two byte strings; nil if they are equal.
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
