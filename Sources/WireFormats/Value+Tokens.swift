import BigInt

/// The form in which the adapter protocol writes values, `interop/PROTOCOL.md`, section 2: tokens in prefix order, so that
/// recursion reads them and nothing is escaped.
extension Value {
  /// The deepest nesting that is read.
  public static let deepestNesting = 200

  /// The value as comma-separated tokens.
  public var tokens: String {
    var words: [String] = []
    appendTokens(to: &words)
    return words.joined(separator: ",")
  }

  /// The tokens with the parts of sets and maps in the order of their own tokens, so that equal values have equal text.
  var canonicalTokens: String {
    switch self {
    case .list(let parts), .tuple(let parts):
      ([head] + parts.map(\.canonicalTokens)).joined(separator: ",")
    case .set(let parts), .frozenSet(let parts):
      ([head] + parts.map(\.canonicalTokens).sorted()).joined(separator: ",")
    case .map(let entries):
      ([head] + entries.map { "\($0.key.canonicalTokens),\($0.value.canonicalTokens)" }.sorted())
        .joined(separator: ",")
    case .object(let object):
      [head, (object.arguments ?? .null).canonicalTokens, (object.state ?? .null).canonicalTokens]
        .joined(separator: ",")
    default: head
    }
  }

  private func appendTokens(to words: inout [String]) {
    words.append(head)
    switch self {
    case .list(let parts), .tuple(let parts), .set(let parts), .frozenSet(let parts):
      for part in parts { part.appendTokens(to: &words) }
    case .map(let entries):
      for entry in entries {
        entry.key.appendTokens(to: &words)
        entry.value.appendTokens(to: &words)
      }
    case .object(let object):
      (object.arguments ?? .null).appendTokens(to: &words)
      (object.state ?? .null).appendTokens(to: &words)
    default: break
    }
  }

  /// The first token.
  private var head: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "int:\(value)"
    case .f64(let value): "f64:\(Self.digits(value.bitPattern, 16))"
    case .f32(let value): "f32:\(Self.digits(UInt64(value.bitPattern), 8))"
    case .text(let value): "text:\(Hex.text(Array(value.utf8)))"
    case .bytes(let value): "bytes:\(Hex.text(value))"
    case .byteArray(let value): "bytearray:\(Hex.text(value))"
    case .list(let parts): "list:\(parts.count)"
    case .tuple(let parts): "tuple:\(parts.count)"
    case .set(let parts): "set:\(parts.count)"
    case .frozenSet(let parts): "frozenset:\(parts.count)"
    case .map(let entries): "map:\(entries.count)"
    case .object(let object): "object:\(Hex.text(Array(object.name.utf8)))"
    }
  }

  private static func digits(_ bits: UInt64, _ width: Int) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}

extension Value {
  /// Reads tokens.
  ///
  /// - Throws: ``CodecError`` of kind `usage` for what is no value, or is nested deeper than ``deepestNesting``.
  public init(tokens: String) throws(CodecError) {
    var words = tokens.split(separator: ",", omittingEmptySubsequences: false)[...]
    self = try Self.next(&words, depth: 0)
    guard words.isEmpty else { throw Self.wrong("there is more behind the value: \"\(words[words.startIndex])\"") }
  }

  private static func next(_ words: inout ArraySlice<Substring>, depth: Int) throws(CodecError) -> Value {
    guard depth <= deepestNesting else { throw wrong("it is nested deeper than \(deepestNesting)") }
    guard let word = words.popFirst() else { throw wrong("a part is missing at its end") }
    let colon = word.firstIndex(of: ":")
    let name = word[..<(colon ?? word.endIndex)]
    let text = colon.map { word[word.index(after: $0)...] }
    switch (name, text) {
    case ("null", nil): return .null
    case ("true", nil): return .bool(true)
    case ("false", nil): return .bool(false)
    case ("int", let text?):
      // A sign or digits only; BigInt's own reading is as strict.
      guard let number = BigInt(text, radix: 10), !text.hasPrefix("+") else { throw unreadable(word) }
      return .int(number)
    case ("f64", let text?) where text.utf8.count == 16:
      guard let bits = UInt64(text, radix: 16) else { throw unreadable(word) }
      return .f64(Double(bitPattern: bits))
    case ("f32", let text?) where text.utf8.count == 8:
      guard let bits = UInt32(text, radix: 16) else { throw unreadable(word) }
      return .f32(Float(bitPattern: bits))
    case ("text", let text?): return .text(try Self.text(text, word))
    case ("bytes", let text?): return .bytes(try Self.bytes(text, word))
    case ("bytearray", let text?): return .byteArray(try Self.bytes(text, word))
    case ("list", let text?): return .list(try parts(text, word, &words, depth))
    case ("tuple", let text?): return .tuple(try parts(text, word, &words, depth))
    case ("set", let text?): return .set(try parts(text, word, &words, depth))
    case ("frozenset", let text?): return .frozenSet(try parts(text, word, &words, depth))
    case ("map", let text?):
      var entries: [Entry] = []
      for _ in 0..<(try count(text, word, words.count / 2)) {
        let key = try next(&words, depth: depth + 1)
        entries.append(Entry(key, try next(&words, depth: depth + 1)))
      }
      return .map(entries)
    case ("object", let text?):
      let name = try Self.text(text, word)
      let arguments = try next(&words, depth: depth + 1)
      let state = try next(&words, depth: depth + 1)
      return .object(InertObject(name: name, arguments: arguments.unlessNull, state: state.unlessNull))
    default: throw unreadable(word)
    }
  }

  /// The value, or nil for null.
  var unlessNull: Value? { if case .null = self { nil } else { self } }

  private static func parts(
    _ text: Substring, _ word: Substring, _ words: inout ArraySlice<Substring>, _ depth: Int
  ) throws(CodecError) -> [Value] {
    var parts: [Value] = []
    for _ in 0..<(try count(text, word, words.count)) { parts.append(try next(&words, depth: depth + 1)) }
    return parts
  }

  /// Each part takes a word at least, so a count beyond the words that are left is wrong.
  private static func count(_ text: Substring, _ word: Substring, _ most: Int) throws(CodecError) -> Int {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text), count <= most else {
      throw wrong("\"\(word)\" announces more parts than follow, or no number of them")
    }
    return count
  }

  private static func bytes(_ text: Substring, _ word: Substring) throws(CodecError) -> [UInt8] {
    guard let bytes = Hex.bytes(Array(text.utf8)) else { throw unreadable(word) }
    return bytes
  }

  private static func text(_ text: Substring, _ word: Substring) throws(CodecError) -> String {
    guard let string = String(validating: try bytes(text, word), as: UTF8.self) else { throw unreadable(word) }
    return string
  }

  private static func unreadable(_ word: Substring) -> CodecError {
    wrong("\"\(word.prefix(60))\" is no token such as int:-12, text:68c3a9 or list:2")
  }

  private static func wrong(_ reason: String) -> CodecError {
    CodecError(.usage, "The value cannot be read: \(reason).")
  }
}
