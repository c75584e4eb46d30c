/// Writes JSON as RFC 8259 has it: in UTF-8, without blanks, and with only those escapes that must be.
struct JSONWriter {
  private var bytes: [UInt8] = []

  /// Encodes a value.
  ///
  /// - Throws: ``CodecError`` of kind `malformed` for what JSON cannot carry.
  static func encode(_ value: Value) throws(CodecError) -> [UInt8] {
    var writer = JSONWriter()
    try writer.write(value, depth: 0)
    return writer.bytes
  }

  private mutating func write(_ value: Value, depth: Int) throws(CodecError) {
    guard depth <= Value.deepestNesting else { throw cannot("a value nested deeper than \(Value.deepestNesting)") }
    switch value {
    case .null: append("null")
    case .bool(let bool): append(bool ? "true" : "false")
    case .int(let int): append(int.decimalText)
    case .f64(let double):
      guard double.isFinite else { throw cannot("\(double)") }
      // Swift's is the shortest that reads back to the bit, and always has a point or an exponent.
      append(double.description)
    case .text(let text): write(text)
    case .list(let parts):
      bytes.append(UInt8(ascii: "["))
      for (index, part) in parts.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        try write(part, depth: depth + 1)
      }
      bytes.append(UInt8(ascii: "]"))
    case .map(let entries): try write(entries, depth)
    case .f32: throw cannot("a single-precision number")
    case .bytes, .byteArray: throw cannot("bytes")
    case .tuple, .set, .frozenSet: throw cannot("a tuple or set")
    case .object: throw cannot("an object")
    }
  }

  private mutating func write(_ entries: [Value.Entry], _ depth: Int) throws(CodecError) {
    var names: Set<[UInt8]> = []
    bytes.append(UInt8(ascii: "{"))
    for (index, entry) in entries.enumerated() {
      guard case .text(let name) = entry.key else { throw cannot("a key that is no text") }
      guard names.insert(Array(name.utf8)).inserted else { throw cannot("the key \"\(name)\" twice") }
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(name)
      bytes.append(UInt8(ascii: ":"))
      try write(entry.value, depth: depth + 1)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(#"\""#)
      case UInt8(ascii: "\\"): append(#"\\"#)
      case 0x08: append(#"\b"#)
      case 0x09: append(#"\t"#)
      case 0x0a: append(#"\n"#)
      case 0x0c: append(#"\f"#)
      case 0x0d: append(#"\r"#)
      case 0..<0x20: append(#"\u00"# + Hex.text([byte]))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }

  private func cannot(_ what: String) -> CodecError { CodecError(.malformed, "JSON cannot carry \(what).") }
}
