import BigInt

extension Value {
  /// Reads tokens.
  ///
  /// - Throws: ``CodecError`` of kind `usage` for what is no value, is nested deeper than ``deepestNesting``, or has a whole number of more than
  ///   ``mostDigits``.
  public init(tokens: String) throws(CodecError) {
    var reader = TokenReader(tokens)
    self = try reader.value(depth: 0)
    if let word = reader.nextWord() { throw reader.wrong("there is more behind the value: \"\(reader.text(word))\"") }
  }

  /// The value, or nil for null.
  var unlessNull: Value? { if case .null = self { nil } else { self } }
}

/// Reads the tokens of a value, one after the other.
private struct TokenReader {
  private var rest: ArraySlice<UInt8>?
  /// The words that are left, of which every part takes one at least.
  private var wordsLeft: Int

  init(_ tokens: String) {
    let bytes = Array(tokens.utf8)
    rest = bytes[...]
    wordsLeft = bytes.count { $0 == UInt8(ascii: ",") } + 1
  }

  /// The bytes up to the next comma or the end; nil behind the end.
  mutating func nextWord() -> ArraySlice<UInt8>? {
    guard let bytes = rest else { return nil }
    wordsLeft -= 1
    guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else {
      rest = nil
      return bytes
    }
    rest = bytes[(comma + 1)...]
    return bytes[..<comma]
  }

  mutating func value(depth: Int) throws(CodecError) -> Value {
    guard depth <= Value.deepestNesting else { throw wrong("it is nested deeper than \(Value.deepestNesting)") }
    guard let word = nextWord() else { throw wrong("a part is missing at its end") }
    guard let colon = word.firstIndex(of: UInt8(ascii: ":")) else { return try bareWord(word) }
    let content = word[(colon + 1)...]
    switch String(decoding: word[..<colon], as: UTF8.self) {
    case "int":
      guard content.count <= Value.mostDigits + (content.first == UInt8(ascii: "-") ? 1 : 0) else {
        throw wrong("a whole number has more than \(Value.mostDigits) digits")
      }
      guard let number = BigInt(decimal: content) else { throw unreadable(word) }
      return .int(number)
    case "f64": return .f64(Double(bitPattern: try bits(content, 8, word)))
    case "f32": return .f32(Float(bitPattern: UInt32(truncatingIfNeeded: try bits(content, 4, word))))
    case "text": return .text(try unicode(content, word))
    case "bytes": return .bytes(try bytes(content, word))
    case "bytearray": return .byteArray(try bytes(content, word))
    case "list": return .list(try parts(content, word, depth))
    case "tuple": return .tuple(try parts(content, word, depth))
    case "set": return .set(try parts(content, word, depth))
    case "frozenset": return .frozenSet(try parts(content, word, depth))
    case "map": return .map(try entries(content, word, depth))
    case "object":
      let name = try unicode(content, word)
      let arguments = try value(depth: depth + 1)
      let state = try value(depth: depth + 1)
      return .object(Value.InertObject(name: name, arguments: arguments.unlessNull, state: state.unlessNull))
    default: throw unreadable(word)
    }
  }

  private func bareWord(_ word: ArraySlice<UInt8>) throws(CodecError) -> Value {
    switch String(decoding: word, as: UTF8.self) {
    case "null": .null
    case "true": .bool(true)
    case "false": .bool(false)
    default: throw unreadable(word)
    }
  }

  private mutating func parts(
    _ content: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>, _ depth: Int
  ) throws(CodecError) -> [Value] {
    var parts: [Value] = []
    for _ in 0..<(try count(content, word, most: wordsLeft)) { parts.append(try value(depth: depth + 1)) }
    return parts
  }

  private mutating func entries(
    _ content: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>, _ depth: Int
  ) throws(CodecError) -> [Value.Entry] {
    var entries: [Value.Entry] = []
    for _ in 0..<(try count(content, word, most: wordsLeft / 2)) {
      let key = try value(depth: depth + 1)
      entries.append(Value.Entry(key, try value(depth: depth + 1)))
    }
    return entries
  }

  private func count(
    _ content: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>, most: Int
  ) throws(CodecError) -> Int {
    guard content.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(String(decoding: content, as: UTF8.self)), count <= most
    else { throw wrong("\"\(text(word))\" announces more parts than follow, or no number of them") }
    return count
  }

  private func bits(
    _ content: ArraySlice<UInt8>, _ width: Int, _ word: ArraySlice<UInt8>
  ) throws(CodecError) -> UInt64 {
    let bytes = try bytes(content, word)
    guard bytes.count == width else { throw unreadable(word) }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func bytes(_ content: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) throws(CodecError) -> [UInt8] {
    guard let bytes = Hex.bytes(content) else { throw unreadable(word) }
    return bytes
  }

  private func unicode(_ content: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) throws(CodecError) -> String {
    guard let text = String(validating: try bytes(content, word), as: UTF8.self) else { throw unreadable(word) }
    return text
  }

  /// The beginning of a word, for a message.
  func text(_ word: ArraySlice<UInt8>) -> String { String(decoding: word.prefix(60), as: UTF8.self) }

  private func unreadable(_ word: ArraySlice<UInt8>) -> CodecError {
    wrong("\"\(text(word))\" is no token such as int:-12, text:68c3a9 or list:2")
  }

  func wrong(_ reason: String) -> CodecError { CodecError(.usage, "The value cannot be read: \(reason).") }
}
