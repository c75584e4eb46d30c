/// A format of Python's `struct` module: which numbers lie where in a message.
///
/// ```swift
/// try StructFormat("<hq").size  // 10
/// try StructFormat("@hq").size  // 16, on a 64-bit machine
/// ```
struct StructFormat {
  /// What a character of a format stands for.
  enum Kind: Equatable {
    case pad
    /// One byte as bytes.
    case character
    case truth
    case signed
    case unsigned
    case float
    /// Bytes of the run's size, filled up with zeros.
    case string
    /// As a string, whose first byte is the length.
    case pascal
  }

  /// Several fields of one kind, one behind the other.
  struct Run {
    var kind: Kind
    var offset: Int
    /// The bytes of each field.
    var size: Int
    /// The number of fields.
    var count: Int
  }

  /// The most bytes of a message, and the most fields.
  static let (largestSize, mostFields) = (Framing.defaultLimit, PickleLimits().parts)

  private(set) var runs: [Run] = []
  private(set) var size = 0
  /// The number of values, which is not that of the runs: padding has none.
  private(set) var valueCount = 0
  private(set) var isBigEndian = Self.isMachineBigEndian
  private var isNative = true

  /// Reads a format.
  ///
  /// - Throws: ``CodecError``: `usage` for what is no format, `too-large` for one of more than 64 MiB or 4,194,304 values.
  init(_ text: String) throws(CodecError) {
    var rest = Array(text.utf8)[...]
    takeOrder(&rest)
    while let byte = rest.popFirst() {
      // Blanks may stand between the characters, not behind a count.
      if byte == 0x20 || (0x09...0x0d).contains(byte) { continue }
      guard (0x30...0x39).contains(byte) else {
        try add(byte, 1, format: text)
        continue
      }
      let digits = [byte] + rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count - 1)
      guard let character = rest.popFirst() else {
        throw CodecError(.usage, "The format \"\(text)\" ends with a count and no character behind it.")
      }
      guard let count = Int(String(decoding: digits, as: UTF8.self)) else { throw Self.tooLarge(text) }
      try add(character, count, format: text)
    }
  }

  private mutating func takeOrder(_ rest: inout ArraySlice<UInt8>) {
    switch rest.first {
    case UInt8(ascii: "<"): (isNative, isBigEndian) = (false, false)
    case UInt8(ascii: ">"), UInt8(ascii: "!"): (isNative, isBigEndian) = (false, true)
    case UInt8(ascii: "="): isNative = false
    case UInt8(ascii: "@"): break
    default: return
    }
    rest.removeFirst()
  }

  private mutating func add(_ character: UInt8, _ count: Int, format: String) throws(CodecError) {
    guard let (kind, width) = Self.field(character, isNative: isNative) else {
      let name = character < 0x80 ? String(Unicode.Scalar(character)) : "…"
      throw CodecError(
        .usage,
        "\"\(name)\" is no character of a \(isNative ? "native" : "standard") format; the format is \"\(format)\".")
    }
    // A count repeats a number, and is the length of a string. Native numbers lie at multiples of their size, even none of them.
    let isString = kind == .string || kind == .pascal
    let offset = isNative ? (size + width - 1) / width * width : size
    let (fieldSize, fields) = isString ? (count, 1) : (width, count)
    let total = fieldSize.multipliedReportingOverflow(by: fields)
    guard !total.overflow, total.partialValue <= Self.largestSize - offset else { throw Self.tooLarge(format) }
    runs.append(Run(kind: kind, offset: offset, size: fieldSize, count: fields))
    size = offset + total.partialValue
    if kind != .pad { valueCount += fields }
    guard valueCount <= Self.mostFields else { throw Self.tooLarge(format) }
  }

  private static func tooLarge(_ format: String) -> CodecError {
    CodecError(.tooLarge, "The format \"\(format)\" has more than \(largestSize) bytes or \(mostFields) values.")
  }

  private static var isMachineBigEndian: Bool { 1.bigEndian == 1 }

  /// The kind and size of a character, nil if it has none in this mode.
  private static func field(_ character: UInt8, isNative: Bool) -> (Kind, Int)? {
    switch Unicode.Scalar(character) {
    case "x": (.pad, 1)
    case "c": (.character, 1)
    case "?": (.truth, 1)
    case "b": (.signed, 1)
    case "B": (.unsigned, 1)
    case "h": (.signed, 2)
    case "H": (.unsigned, 2)
    case "i": (.signed, 4)
    case "I": (.unsigned, 4)
    case "l": (.signed, isNative ? MemoryLayout<Int>.size : 4)
    case "L": (.unsigned, isNative ? MemoryLayout<UInt>.size : 4)
    case "q": (.signed, 8)
    case "Q": (.unsigned, 8)
    case "n": isNative ? (.signed, MemoryLayout<Int>.size) : nil
    case "N": isNative ? (.unsigned, MemoryLayout<UInt>.size) : nil
    case "e": (.float, 2)
    case "f": (.float, 4)
    case "d": (.float, 8)
    case "s": (.string, 1)
    case "p": (.pascal, 1)
    default: nil
    }
  }
}
