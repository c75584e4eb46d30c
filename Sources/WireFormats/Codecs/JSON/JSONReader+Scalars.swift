import BigInt

extension JSONReader {
  /// A number: whole unless it has a point or an exponent.
  mutating func number() throws(CodecError) -> Value {
    let start = position
    var isWhole = true
    _ = skip("-")
    // A zero stands alone.
    if !skip("0") { try digits() }
    if skip(".") {
      isWhole = false
      try digits()
    }
    if skip("e") || skip("E") {
      isWhole = false
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    let digits = bytes[start..<position]
    let sign = digits.first == UInt8(ascii: "-") ? 1 : 0
    guard digits.count <= Self.longestNumber + sign else {
      throw CodecError(.tooLarge, "The JSON has a number of more than \(Self.longestNumber) digits.")
    }
    if isWhole {
      try budget.spend(digits: digits.count - sign)
      if let number = BigInt(decimal: digits) { return Int(exactly: number).map(Value.shared) ?? .int(number) }
    }
    try budget.spend(text: "f64:".utf8.count + 16)
    try budget.spend(memory: ValueMemory.double)
    // Swift rounds correctly, whatever the number of digits.
    guard let number = Double(String(decoding: digits, as: UTF8.self)), number.isFinite else {
      throw malformed("the number is beyond those of double precision")
    }
    return .f64(number)
  }

  private mutating func digits() throws(CodecError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw malformed("a value or the digits of a number are missing") }
  }

  /// A text in quotes.
  mutating func text() throws(CodecError) -> String {
    position += 1
    var content: [UInt8] = []
    while true {
      // The run up to what is special goes over as it is.
      let start = position
      while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
      content += bytes[start..<position]
      guard content.count <= budget.text / 2 else {
        try budget.spend(text: .max)
        break
      }
      if skip("\"") { break }
      guard skip("\\") else { throw malformed("a text does not end, or has a control character") }
      try escape(into: &content)
    }
    guard let text = String(validating: content, as: UTF8.self) else { throw malformed("the text before is not UTF-8") }
    try budget.spend(utf8: content.count)
    return text
  }

  private mutating func escape(into content: inout [UInt8]) throws(CodecError) {
    guard let letter = next else { throw malformed("a text does not end") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content += String(Character(try scalar())).utf8
    default: throw malformed("a backslash is followed by what it does not go with")
    }
  }

  /// The character of one `\uXXXX`, or of two that are the halves of a pair.
  private mutating func scalar() throws(CodecError) -> Unicode.Scalar {
    let unit = try codeUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xdc00, skip("\\"), skip("u") else { throw loneSurrogate }
    let low = try codeUnit()
    let combined = 0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) & 0x3ff)
    guard (0xdc00..<0xe000).contains(low), let scalar = Unicode.Scalar(combined) else { throw loneSurrogate }
    return scalar
  }

  private var loneSurrogate: CodecError { malformed("a text has half of a surrogate pair") }

  private mutating func codeUnit() throws(CodecError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw malformed("\\u needs four hexadecimal digits")
      }
      position += 1
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
