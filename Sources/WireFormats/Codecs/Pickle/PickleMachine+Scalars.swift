import BigInt

// None, truth values and numbers.
extension PickleMachine {
  mutating func number(_ opcode: PickleOpcode) throws(CodecError) -> Value {
    switch opcode {
    case .newTrue: .bool(true)
    case .newFalse: .bool(false)
    case .int: try intLine()
    case .binInt: .int(BigInt(Int32(truncatingIfNeeded: try reader.littleEndian(4))))
    case .binInt1: .int(BigInt(try reader.byte()))
    case .binInt2: .int(BigInt(try reader.littleEndian(2)))
    case .long:
      // Python ends the line with an L, and reads it without.
      .int(try decimal(reader.line(), suffix: UInt8(ascii: "L")))
    case .long1: .int(try integer(Int(reader.byte())))
    case .long4: .int(try integer(signedLength()))
    case .float: .f64(try floatLine())
    case .binFloat: .f64(Double(bitPattern: UInt64(littleEndian: try reader.littleEndian(8)).byteSwapped))
    default: .null
    }
  }

  /// `01` and `00` are what protocols 0 and 1 have for truth values; as numbers they never have a leading zero.
  private mutating func intLine() throws(CodecError) -> Value {
    let line = try reader.line()
    if line.elementsEqual("01".utf8) { return .bool(true) }
    if line.elementsEqual("00".utf8) { return .bool(false) }
    return .int(try decimal(line, suffix: UInt8(ascii: "L")))
  }

  private mutating func decimal(_ line: ArraySlice<UInt8>, suffix: UInt8) throws(CodecError) -> BigInt {
    let digits = line.last == suffix ? line.dropLast() : line
    guard digits.count <= limits.digits else { throw tooLarge("digits of a number", limits.digits) }
    // The time grows with the square, so many long numbers count more than their bytes.
    try produce(digits.count * digits.count / 64)
    guard let number = BigInt(decimal: digits) else {
      throw malformed("the line before byte \(reader.position) is no whole number")
    }
    return number
  }

  private mutating func integer(_ count: Int) throws(CodecError) -> BigInt {
    guard count <= limits.integerBytes || count > reader.remaining else {
      throw tooLarge("bytes of a number", limits.integerBytes)
    }
    return BigInt(littleEndian: try reader.take(count))
  }

  private mutating func floatLine() throws(CodecError) -> Double {
    let line = try reader.line()
    let allowed = line.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
    let text = String(decoding: line, as: UTF8.self)
    // Swift's reading also takes hexadecimal and the bits of a NaN.
    guard line.count <= limits.digits, allowed || ["inf", "-inf", "nan", "-nan"].contains(text),
      let number = Double(text)
    else { throw malformed("the line before byte \(reader.position) is no floating-point number") }
    return number
  }

  /// A length of four bytes that Python counts with a sign.
  mutating func signedLength() throws(CodecError) -> Int {
    let length = Int32(truncatingIfNeeded: try reader.littleEndian(4))
    guard length >= 0 else { throw malformed("a length before byte \(reader.position) is negative: \(length)") }
    return Int(length)
  }
}

// Text and bytes.
extension PickleMachine {
  mutating func text(_ opcode: PickleOpcode) throws(CodecError) -> Value {
    let place = reader.position
    let text: String?
    switch opcode {
    case .shortBinUnicode: text = String(validating: try reader.take(reader.length(1)), as: UTF8.self)
    case .binUnicode: text = String(validating: try reader.take(reader.length(4)), as: UTF8.self)
    case .binUnicode8: text = String(validating: try reader.take(reader.length(8)), as: UTF8.self)
    default: text = PickleLine.rawUnicode(try reader.line())
    }
    guard let text else { throw malformed("the text at byte \(place) is not Unicode, or has half a surrogate pair") }
    return .text(text)
  }

  mutating func bytes(_ opcode: PickleOpcode) throws(CodecError) -> Value {
    switch opcode {
    case .string:
      let place = reader.position
      guard let bytes = PickleLine.quoted(try reader.line()) else {
        throw malformed("the line at byte \(place) is no quoted string")
      }
      return .bytes(bytes)
    case .binString: return .bytes(Array(try reader.take(signedLength())))
    case .binBytes: return .bytes(Array(try reader.take(reader.length(4))))
    case .binBytes8: return .bytes(Array(try reader.take(reader.length(8))))
    case .byteArray8: return .byteArray(Array(try reader.take(reader.length(8))))
    default: return .bytes(Array(try reader.take(reader.length(1))))
    }
  }
}
