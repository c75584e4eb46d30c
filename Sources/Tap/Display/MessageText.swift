import Cases
import Journal
import WireFormats

/// A message in one line for people.
enum MessageText {
  /// What a message holds, at most so many characters of it.
  static func text(_ message: ShownMessage, longest: Int) -> String {
    guard let content = message.content else {
      return "\(hex(message.payload, longest: longest)) … (too long to be decoded)"
    }
    switch content {
    case .handshake(let part): return part.words
    case .value(let value, let codec): return "\(codec) \(shortened(readable(value, codec, message.payload), longest))"
    case .text(let text): return "text \(shortened(text.debugDescription, longest))"
    case .binary: return hex(message.payload, longest: longest)
    case .unreadable(let codec, let reason): return "not \(codec): \(reason) \(hex(message.payload, longest: longest))"
    }
  }

  /// Bytes in hex, and what of them can be read.
  static func hex(_ bytes: [UInt8], longest: Int) -> String {
    if bytes.isEmpty { return "no bytes" }
    let shown = bytes.prefix(max(8, longest / 3))
    let text = String(decoding: shown.map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    return "hex \(Hex.text(shown))\(shown.count < bytes.count ? "…" : "") |\(text)|"
  }

  /// JSON that is one line is shown as it was written.
  private static func readable(_ value: Value, _ codec: String, _ payload: [UInt8]) -> String {
    guard codec == "json", !payload.contains(0x0a) else { return value.readable }
    return String(decoding: payload, as: UTF8.self)
  }

  private static func shortened(_ text: String, _ longest: Int) -> String {
    guard text.utf8.count > longest else { return text }
    return Shortened.text(text, to: longest)
  }
}
