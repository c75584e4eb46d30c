public import WireFormats

/// A reply line of the adapter protocol.
public enum Reply: Equatable, Sendable {
  /// The command succeeded.
  case ok([Field])
  /// The command failed; the message is a sentence for people.
  case error(ErrorKind, message: String)

  /// The reply without fields.
  public static var ok: Reply { .ok([]) }

  /// Reads a reply line, without its line feed.
  ///
  /// - Throws: ``ProtocolError`` if the line breaks the grammar.
  public init(parsing line: ArraySlice<UInt8>) throws(ProtocolError) {
    if line.starts(with: [0xef, 0xbb, 0xbf]) {
      throw ProtocolError(.byteOrderMark)
    }
    if line.last == 0x0d { throw ProtocolError(.carriageReturn) }
    let words = ProtocolLine.words(line)
    switch words.first.map(ProtocolLine.text) {
    case "ok":
      self = .ok(try ProtocolLine.fields(words.dropFirst()))
    case "error":
      let fields = try ProtocolLine.fields(words.dropFirst())
      guard let name = fields.first(where: { $0.key == "kind" }).map({ ProtocolLine.text($0.value) }) else {
        throw ProtocolError(.noKind)
      }
      guard let kind = ErrorKind(rawValue: name) else {
        throw ProtocolError(.unknownKind(name))
      }
      let message = fields.first { $0.key == "message" }.map { ProtocolLine.text($0.value) }
      self = .error(kind, message: message ?? "")
    default:
      throw ProtocolError(.noReply)
    }
  }

  /// The line's bytes, without a line feed.
  public var bytes: [UInt8] {
    switch self {
    case .ok(let fields):
      var line = Array("ok".utf8)
      ProtocolLine.append(fields, to: &line)
      return line
    case .error(let kind, let message):
      var line = Array("error".utf8)
      ProtocolLine.append([Field("kind", kind.rawValue), Field("message", message)], to: &line)
      return line
    }
  }

  /// The reply for display: the line, but with an error's message as plain text.
  public var plainText: String {
    guard case .error(let kind, let message) = self else { return line }
    return message.isEmpty ? "error kind=\(kind.rawValue)" : "error kind=\(kind.rawValue) (\(message))"
  }

  /// The line as text, without a line feed.
  public var line: String { ProtocolLine.text(bytes) }

  /// The value of a key of an `ok` reply as bytes, or nil.
  public func bytes(_ key: String) -> [UInt8]? {
    guard case .ok(let fields) = self else { return nil }
    return fields.first { $0.key == key }?.value
  }

  /// The value of a key of an `ok` reply as text, or nil.
  public func text(_ key: String) -> String? { bytes(key).map(ProtocolLine.text) }
}
