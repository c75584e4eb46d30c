import BigInt

/// Writes pickles of protocol 2, which every Python from 2.3 on reads, without memo.
struct PickleEncoder {
  private var bytes: [UInt8] = []

  /// Encodes a value.
  ///
  /// - Throws: ``CodecError``: `malformed` for what Python has no plain data for, `too-large` for what is nested too deep.
  static func encode(_ value: Value) throws(CodecError) -> [UInt8] {
    var encoder = PickleEncoder()
    encoder.write(.proto, 2)
    try encoder.write(value, depth: 0)
    encoder.write(.stop)
    return encoder.bytes
  }

  private mutating func write(_ value: Value, depth: Int) throws(CodecError) {
    guard depth <= Value.deepestNesting else {
      throw CodecError(.tooLarge, "The value is nested deeper than \(Value.deepestNesting).")
    }
    switch value {
    case .null: write(.none)
    case .bool(let bool): write(bool ? .newTrue : .newFalse)
    case .int(let int): try write(int)
    case .f64(let double):
      write(.binFloat)
      bytes.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: double.bitPattern >> (56 - 8 * $0)) })
    case .text(let text): try write(text)
    case .bytes(let content):
      // Python 2 has no other way; a Python 3 that reads it gets bytes, and not text.
      writeGlobal("_codecs", "encode")
      try write(latin1: content, named: "latin1")
    case .byteArray(let content):
      writeGlobal("__builtin__", "bytearray")
      try write(latin1: content, named: "latin-1")
    case .list(let parts):
      write(.emptyList)
      try write(parts, depth, end: .appends)
    case .tuple(let parts): try write(tuple: parts, depth)
    case .set(let parts): try write(parts, depth, call: "set")
    case .frozenSet(let parts): try write(parts, depth, call: "frozenset")
    case .map(let entries): try write(entries, depth)
    case .f32, .object:
      throw CodecError(.malformed, "A pickle cannot carry a single-precision number or an object; the value has one.")
    }
  }

  private mutating func write(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

  private mutating func write(_ opcode: PickleOpcode, _ argument: UInt8) {
    bytes.append(opcode.rawValue)
    bytes.append(argument)
  }

  private mutating func writeGlobal(_ module: String, _ name: String) {
    write(.global)
    bytes += "\(module)\n\(name)\n".utf8
  }

  private mutating func write(_ opcode: PickleOpcode, length: Int) throws(CodecError) {
    // LONG4 counts with a sign; nothing that fits a frame is longer.
    guard let length = Int32(exactly: length) else { throw CodecError(.tooLarge, "The value has a part over 2 GiB.") }
    bytes.append(opcode.rawValue)
    append(UInt32(length), 4)
  }

  private mutating func append(_ number: UInt32, _ width: UInt32) {
    for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }
}

extension PickleEncoder {
  private mutating func write(_ int: BigInt) throws(CodecError) {
    if let small = UInt8(exactly: int) { return write(.binInt1, small) }
    if let small = UInt16(exactly: int) {
      write(.binInt2)
      return append(UInt32(small), 2)
    }
    if let small = Int32(exactly: int) {
      write(.binInt)
      return append(UInt32(bitPattern: small), 4)
    }
    let digits = int.littleEndianBytes
    if let count = UInt8(exactly: digits.count) {
      write(.long1, count)
    } else {
      try write(.long4, length: digits.count)
    }
    bytes += digits
  }

  private mutating func write(_ text: String) throws(CodecError) {
    try write(.binUnicode, length: text.utf8.count)
    bytes += text.utf8
  }

  /// The arguments of a call that makes bytes of a text, each of whose characters is a byte.
  private mutating func write(latin1 content: [UInt8], named encoding: String) throws(CodecError) {
    try write(.binUnicode, length: content.reduce(0) { $0 + ($1 < 0x80 ? 1 : 2) })
    for byte in content {
      if byte < 0x80 { bytes.append(byte) } else { bytes += [0xc0 | byte >> 6, 0x80 | byte & 0x3f] }
    }
    try write(encoding)
    write(.tuple2)
    write(.reduce)
  }

  /// Parts between a mark and the instruction that takes them.
  private mutating func write(_ parts: [Value], _ depth: Int, end: PickleOpcode) throws(CodecError) {
    if parts.isEmpty { return }
    write(.mark)
    for part in parts { try write(part, depth: depth + 1) }
    write(end)
  }

  private mutating func write(tuple parts: [Value], _ depth: Int) throws(CodecError) {
    guard !parts.isEmpty else { return write(.emptyTuple) }
    let short: [PickleOpcode] = [.tuple1, .tuple2, .tuple3]
    guard parts.count > short.count else {
      for part in parts { try write(part, depth: depth + 1) }
      return write(short[parts.count - 1])
    }
    try write(parts, depth, end: .tuple)
  }

  /// A call with a list of parts.
  private mutating func write(_ parts: [Value], _ depth: Int, call name: String) throws(CodecError) {
    for part in parts { try checkHashable(part) }
    writeGlobal("__builtin__", name)
    write(.emptyList)
    try write(parts, depth, end: .appends)
    write(.tuple1)
    write(.reduce)
  }

  private mutating func write(_ entries: [Value.Entry], _ depth: Int) throws(CodecError) {
    write(.emptyDict)
    if entries.isEmpty { return }
    write(.mark)
    for entry in entries {
      try checkHashable(entry.key)
      try write(entry.key, depth: depth + 1)
      try write(entry.value, depth: depth + 1)
    }
    write(.setItems)
  }

  /// The parts of a tuple count; those of a frozen set have been checked, or will be, when it is written.
  private func checkHashable(_ value: Value) throws(CodecError) {
    switch value {
    case .list, .set, .map, .byteArray: throw CodecError.unhashable
    case .tuple(let parts): for part in parts { try checkHashable(part) }
    default: break
    }
  }
}
