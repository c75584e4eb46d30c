import BigInt

/// The form in which the adapter protocol writes values, `interop/PROTOCOL.md`, section 4: tokens in prefix order, so that
/// recursion reads them and nothing is escaped.
extension Value {
  /// The deepest nesting that is read: this many parts within parts.
  public static let deepestNesting = 200
  /// The most digits of a whole number that is read: 20,000, without the sign.
  ///
  /// Reading and writing them takes time that grows with their square.
  public static let mostDigits = 20_000

  /// The value as comma-separated tokens.
  public var tokens: String {
    var text: [UInt8] = []
    appendTokens(to: &text, inOrder: false)
    return String(decoding: text, as: UTF8.self)
  }

  /// The value as tokens, if they have so many bytes at most; what must have more is not written.
  ///
  /// A value whose parts are used many times takes little memory, and its text without an end.
  public func tokens(atMost longest: Int) -> String? {
    var left = longest
    takeTokens(from: &left)
    guard left >= 0 else { return nil }
    let text = tokens
    return text.utf8.count <= longest ? text : nil
  }

  /// Takes what the tokens need from a number, of whole numbers the least, until it is below 0.
  func takeTokens(from left: inout Int) {
    switch self {
    case .null, .bool(true): left -= 4
    case .bool(false): left -= 5
    case .int(let value): left -= 4 + value.fewestDigits
    case .f64: left -= 20
    case .f32: left -= 12
    case .text(let value): left -= 5 + 2 * value.utf8.count
    case .bytes(let value): left -= 6 + 2 * value.count
    case .byteArray(let value): left -= 10 + 2 * value.count
    case .list(let parts), .tuple(let parts), .set(let parts), .frozenSet(let parts):
      left -= "set:0".utf8.count + parts.count
      for part in parts where left >= 0 { part.takeTokens(from: &left) }
    case .map(let entries):
      left -= "map:0".utf8.count + 2 * entries.count
      for entry in entries where left >= 0 {
        entry.key.takeTokens(from: &left)
        entry.value.takeTokens(from: &left)
      }
    case .object(let object):
      left -= "object:,,".utf8.count + 2 * object.name.utf8.count
      (object.arguments ?? .null).takeTokens(from: &left)
      (object.state ?? .null).takeTokens(from: &left)
    }
  }

  /// The tokens with the parts of sets and maps in the order of their own tokens, so that equal values have equal text.
  var canonicalTokens: [UInt8] {
    var text: [UInt8] = []
    appendTokens(to: &text, inOrder: true)
    return text
  }

  private func appendTokens(to text: inout [UInt8], inOrder: Bool) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .int(let value): text += "int:\(value.decimalText)".utf8
    case .f64(let value): Self.append("f64:", bits: value.bitPattern, 8, to: &text)
    case .f32(let value): Self.append("f32:", bits: UInt64(value.bitPattern), 4, to: &text)
    case .text(let value): Self.append("text:", Array(value.utf8), to: &text)
    case .bytes(let value): Self.append("bytes:", value, to: &text)
    case .byteArray(let value): Self.append("bytearray:", value, to: &text)
    case .list(let parts): Self.append("list:", parts, to: &text, inOrder)
    case .tuple(let parts): Self.append("tuple:", parts, to: &text, inOrder)
    case .set(let parts): Self.append("set:", unordered: parts.map { [$0] }, to: &text, inOrder)
    case .frozenSet(let parts): Self.append("frozenset:", unordered: parts.map { [$0] }, to: &text, inOrder)
    case .map(let entries): Self.append("map:", unordered: entries.map { [$0.key, $0.value] }, to: &text, inOrder)
    case .object(let object):
      Self.append("object:", Array(object.name.utf8), to: &text)
      for part in [object.arguments, object.state] {
        text.append(UInt8(ascii: ","))
        (part ?? .null).appendTokens(to: &text, inOrder: inOrder)
      }
    }
  }

  private static func append(_ name: String, _ bytes: [UInt8], to text: inout [UInt8]) {
    text += name.utf8
    text += Hex.digits(bytes.span)
  }

  private static func append(_ name: String, bits: UInt64, _ width: Int, to text: inout [UInt8]) {
    append(name, (0..<width).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64(width - 1 - $0))) }, to: &text)
  }

  private static func append(_ name: String, _ parts: [Value], to text: inout [UInt8], _ inOrder: Bool) {
    text += "\(name)\(parts.count)".utf8
    for part in parts {
      text.append(UInt8(ascii: ","))
      part.appendTokens(to: &text, inOrder: inOrder)
    }
  }

  /// The members of a set or the entries of a map.
  private static func append(
    _ name: String, unordered groups: [[Value]], to text: inout [UInt8], _ inOrder: Bool
  ) {
    text += "\(name)\(groups.count)".utf8
    guard inOrder else {
      for part in groups.joined() {
        text.append(UInt8(ascii: ","))
        part.appendTokens(to: &text, inOrder: false)
      }
      return
    }
    let texts = groups.map { group in
      var text: [UInt8] = []
      for part in group {
        text.append(UInt8(ascii: ","))
        part.appendTokens(to: &text, inOrder: true)
      }
      return text
    }
    for group in texts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { text += group }
  }
}
