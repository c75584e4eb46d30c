/// Reads JSON as RFC 8259 has it, and nothing that is only nearly JSON.
///
/// A name that stands twice in an object, half of a surrogate pair and deep nesting, which the RFC leaves open, are `malformed`.
struct JSONReader {
  /// The most values that a message may have, as in a pickle.
  static let mostParts = PickleLimits().parts
  /// The longest number in bytes without the sign; reading a whole one takes time that grows with the square.
  static let longestNumber = Value.mostDigits

  let bytes: [UInt8]
  var position = 0
  var budget: DecodingBudget
  private var parts = 0

  /// Decodes a message.
  ///
  /// - Throws: ``CodecError``: `malformed` for what is not JSON, `too-large` beyond the limits, and what the budget throws.
  static func decode(_ message: [UInt8], _ budget: DecodingBudget) throws(CodecError) -> Value {
    var reader = JSONReader(bytes: message, budget: budget)
    reader.skipBlanks()
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.position == message.count else { throw reader.malformed("there is more behind the value") }
    return value
  }

  private init(bytes: [UInt8], budget: DecodingBudget) { (self.bytes, self.budget) = (bytes, budget) }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func value(depth: Int) throws(CodecError) -> Value {
    guard depth <= Value.deepestNesting else { throw malformed("it is nested deeper than \(Value.deepestNesting)") }
    parts += 1
    guard parts <= Self.mostParts else { throw CodecError(.tooLarge, "The JSON has over \(Self.mostParts) values.") }
    // An array grows to twice what it holds, and is copied to do so.
    try budget.spend(memory: 3 * ValueMemory.slot)
    // A comma, or what cannot be less.
    if parts > 1 { try budget.spend(text: 1) }
    switch next {
    case UInt8(ascii: "{"): return .shared(map: try entries(depth))
    case UInt8(ascii: "["): return .shared(list: try elements(depth))
    case UInt8(ascii: "\""): return .shared(text: try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func elements(_ depth: Int) throws(CodecError) -> [Value] {
    var elements: [Value] = []
    try budget.spend(text: "list:0".utf8.count)
    position += 1
    skipBlanks()
    if skip("]") { return [] }
    try budget.spend(memory: ValueMemory.container(slots: 1))
    repeat {
      skipBlanks()
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while skip(",")
    guard skip("]") else { throw malformed("a list needs a comma or a bracket") }
    return elements
  }

  private mutating func entries(_ depth: Int) throws(CodecError) -> [Value.Entry] {
    var entries: [Value.Entry] = []
    // Of bytes and not of texts, for which two spellings of é are equal.
    var names: Set<ContentIdentity> = []
    try budget.spend(text: "map:0".utf8.count)
    position += 1
    skipBlanks()
    if skip("}") { return [] }
    try budget.spend(memory: ValueMemory.container(slots: 1) + 2 * ContentIdentity.dictionaryMemory)
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw malformed("an object needs a name in quotes") }
      let name = try text()
      try budget.spend(memory: 3 * ValueMemory.slot + ContentIdentity.dictionaryMemory)
      guard names.insert(ContentIdentity(name.utf8)).inserted else {
        throw malformed("the name \"\(name)\" stands twice")
      }
      skipBlanks()
      guard skip(":") else { throw malformed("a name needs a colon behind it") }
      skipBlanks()
      entries.append(Value.Entry(.shared(text: name), try value(depth: depth + 1)))
      skipBlanks()
    } while skip(",")
    guard skip("}") else { throw malformed("an object needs a comma or a brace") }
    return entries
  }

  private mutating func word(_ word: StaticString, _ value: Value) throws(CodecError) -> Value {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
      throw malformed("only true, false and null are words")
    }
    position = end
    try budget.spend(text: 4)
    return value
  }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  /// Skips a character if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  func malformed(_ reason: String) -> CodecError {
    CodecError(.malformed, "The JSON cannot be read at byte \(position) of \(bytes.count): \(reason).")
  }
}
