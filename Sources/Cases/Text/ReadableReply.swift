import AdapterProtocol
import WireFormats

/// What a reply says, for people: the message or value that it holds, or the sentence of an error.
///
/// ```swift
/// ReadableReply.text("ok payload=68656c6c6f")  // "hello" (5 bytes)
/// ```
package enum ReadableReply {
  /// The longest text that is shown, in bytes.
  private static let longest = 4000

  /// The text of a reply line without its line feed; nil if it says nothing more than the line, or is no reply.
  package static func text(_ line: some Sequence<UInt8>) -> String? {
    guard let reply = try? Reply(parsing: Array(line)[...]) else { return nil }
    if case .error(_, let message) = reply { return message.isEmpty ? nil : message }
    if let payload = reply.bytes("payload").flatMap(Hex.bytes) { return Message.summary(of: payload) }
    guard let tokens = reply.text("value"), let value = try? Value(tokens: tokens) else { return nil }
    return Shortened.text(value.readable, to: longest)
  }
}

extension Value {
  /// The value as a programmer would write it, in no language's exact words.
  package var readable: String {
    switch self {
    case .null: "null"
    case .bool(let isTrue): "\(isTrue)"
    case .int(let number): "\(number)"
    case .f64(let number): "\(number)"
    case .f32(let number): "\(number)"
    case .text(let text): text.debugDescription
    case .bytes(let bytes): "bytes(\(Hex.text(bytes)))"
    case .byteArray(let bytes): "bytearray(\(Hex.text(bytes)))"
    case .list(let parts): "[\(Self.joined(parts))]"
    case .tuple(let parts): "(\(Self.joined(parts)))"
    case .set(let parts): "set(\(Self.joined(parts)))"
    case .frozenSet(let parts): "frozenset(\(Self.joined(parts)))"
    case .map(let entries): "{\(entries.map { "\($0.key.readable): \($0.value.readable)" }.joined(separator: ", "))}"
    case .object(let object):
      object.name + (object.arguments?.readable ?? "") + (object.state.map { " with \($0.readable)" } ?? "")
    }
  }

  private static func joined(_ parts: [Value]) -> String { parts.map(\.readable).joined(separator: ", ") }
}
