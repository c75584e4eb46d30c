import BigInt

/// What an instruction says that makes a part without parts: small ones as they are, others as their bytes in the message.
enum PickleContent {
  case null
  case bool(Bool)
  case small(Int)
  case double(Double)
  /// A number in two's complement, the least significant byte first.
  case binary(ArraySlice<UInt8>)
  /// A number in decimal digits, with a minus sign or none.
  case decimal(ArraySlice<UInt8>)
  /// A text in UTF-8.
  case text(ArraySlice<UInt8>)
  /// A text as protocol 0 has it in a line.
  case textLine(ArraySlice<UInt8>)
  case bytes(ArraySlice<UInt8>)
  case byteArray(ArraySlice<UInt8>)
  /// A byte string as protocol 0 has it in a line, with quotes.
  case quotedLine(ArraySlice<UInt8>)
  case emptyTuple
}

extension PickleContent {
  /// Reads the instruction at a place, which has been checked before.
  init(in message: [UInt8], at place: Int) throws(CodecError) {
    var reader = ByteReader(message, at: place)
    guard let opcode = PickleOpcode(rawValue: try reader.byte()) else {
      self = .null
      return
    }
    self = try reader.pickleContent(of: opcode)
  }

  /// Whether the bytes are what they should be: digits, UTF-8, quotes.
  var isReadable: Bool {
    switch self {
    case .decimal(let digits): BigInt.isDecimal(digits)
    case .text(let bytes): String(validating: bytes, as: UTF8.self) != nil
    case .textLine(let line): PickleLine.rawUnicode(line) != nil
    case .quotedLine(let line): PickleLine.quoted(line) != nil
    default: true
    }
  }

  /// The value.
  var value: Value {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .small(let number): .shared(number)
    case .double(let double): .f64(double)
    case .binary, .decimal: .int(number ?? 0)
    case .text, .textLine: .shared(text: text ?? "")
    case .bytes, .quotedLine: .shared(bytes: bytes ?? [])
    case .byteArray(let content): .byteArray(Array(content))
    case .emptyTuple: .shared(tuple: [])
    }
  }

  /// The whole number, if it is one.
  var number: BigInt? {
    switch self {
    case .small(let number): BigInt(number)
    case .binary(let bytes): BigInt(littleEndian: bytes)
    case .decimal(let digits): BigInt(decimal: digits)
    default: nil
    }
  }

  /// The text, if it is one.
  var text: String? {
    switch self {
    case .text(let bytes): String(validating: bytes, as: UTF8.self)
    case .textLine(let line): PickleLine.rawUnicode(line)
    default: nil
    }
  }

  /// The bytes of a text in Latin-1, if it is one and has no character beyond U+00FF.
  var latin1: [UInt8]? {
    switch self {
    case .text(let bytes): Self.latin1(bytes)
    case .textLine: text.flatMap { Self.latin1(Array($0.utf8)[...]) }
    default: nil
    }
  }

  private static func latin1(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var high: UInt8 = 0
    for byte in text {
      switch byte {
      case ..<0x80: bytes.append(byte)
      // The six lower bits of a character of two bytes; the first byte, 0xc2 or 0xc3, has the two upper ones.
      case ..<0xc0: bytes.append(high << 6 | byte & 0x3f)
      case ..<0xc4: high = byte & 3
      default: return nil
      }
    }
    return bytes
  }

  /// The content of bytes or a bytearray, if it is one.
  var bytes: [UInt8]? {
    switch self {
    case .bytes(let content), .byteArray(let content): Array(content)
    case .quotedLine(let line): PickleLine.quoted(line)
    default: nil
    }
  }

  /// The bytes in the message, which bound the work that the content is.
  var size: Int {
    switch self {
    case .binary(let bytes), .decimal(let bytes), .text(let bytes), .textLine(let bytes), .bytes(let bytes),
      .byteArray(let bytes), .quotedLine(let bytes):
      bytes.count
    default: 1
    }
  }
}

extension ByteReader {
  /// The content of an instruction that has been read.
  mutating func pickleContent(of opcode: PickleOpcode) throws(CodecError) -> PickleContent {
    switch opcode {
    case .newTrue: return .bool(true)
    case .newFalse: return .bool(false)
    case .binInt: return .small(Int(Int32(truncatingIfNeeded: try littleEndian(4))))
    case .binInt1: return .small(Int(try byte()))
    case .binInt2: return .small(Int(try littleEndian(2)))
    case .int: return try decimalLine(isTruth: true)
    case .long: return try decimalLine(isTruth: false)
    case .long1: return .binary(try take(Int(byte())))
    case .long4: return .binary(try take(signedLength()))
    case .float: return .double(try floatLine())
    case .binFloat: return .double(Double(bitPattern: UInt64(littleEndian: try littleEndian(8)).byteSwapped))
    case .shortBinUnicode: return .text(try take(length(1)))
    case .binUnicode: return .text(try take(length(4)))
    case .binUnicode8: return .text(try take(length(8)))
    case .unicode: return .textLine(try line())
    case .string: return .quotedLine(try line())
    case .binString: return .bytes(try take(signedLength()))
    case .shortBinString, .shortBinBytes: return .bytes(try take(length(1)))
    case .binBytes: return .bytes(try take(length(4)))
    case .binBytes8: return .bytes(try take(length(8)))
    case .byteArray8: return .byteArray(try take(length(8)))
    case .emptyTuple: return .emptyTuple
    default: return .null
    }
  }

  /// `01` and `00` are what protocols 0 and 1 have for truth values; as numbers they never have a leading zero.
  private mutating func decimalLine(isTruth: Bool) throws(CodecError) -> PickleContent {
    let line = try line()
    if isTruth, line.elementsEqual("01".utf8) { return .bool(true) }
    if isTruth, line.elementsEqual("00".utf8) { return .bool(false) }
    // Python ends a line with an L, and reads it without.
    return .decimal(line.last == UInt8(ascii: "L") ? line.dropLast() : line)
  }

  private mutating func floatLine() throws(CodecError) -> Double {
    let line = try line()
    let allowed = line.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
    let text = String(decoding: line, as: UTF8.self)
    // Swift's reading also takes hexadecimal and the bits of a NaN.
    guard line.count <= PickleLimits().digits, allowed || ["inf", "-inf", "nan", "-nan"].contains(text),
      let number = Double(text)
    else {
      throw CodecError(
        .malformed, "The pickle cannot be read: the line before byte \(position) is no floating-point number.")
    }
    return number
  }

  /// A length of four bytes that Python counts with a sign.
  private mutating func signedLength() throws(CodecError) -> Int {
    let length = Int32(truncatingIfNeeded: try littleEndian(4))
    guard length >= 0 else {
      throw CodecError(
        .malformed, "The pickle cannot be read: a length before byte \(position) is negative: \(length).")
    }
    return Int(length)
  }
}
