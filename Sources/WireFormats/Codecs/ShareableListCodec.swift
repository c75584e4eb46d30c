import BigInt

/// The memory of Python's `ShareableList`: a count, where each item is, the items, and what each one is.
///
/// All numbers are little-endian and have 64 bits:
///
/// | part | CPython 3.9 and newer | CPython 3.8 |
/// |---|---|---|
/// | count | N | N |
/// | places | N + 1 offsets from the start of the items | N lengths of items |
/// | items | multiples of 8 bytes each | the same |
/// | formats | N texts of 8 bytes for Python's `struct`, padded with NUL | the same |
/// | codes | N bytes: 0 number or truth value, 1 text, 2 bytes, 3 `None` | the same |
///
/// The item of a text or of bytes has `8 * (length // 8 + 1)` bytes, and Python counts a text's characters for that, not the bytes of
/// its UTF-8: it cuts off what does not fit, and takes all NUL bytes at the end for padding. What it would lose like that
/// is refused here.
struct ShareableListCodec {
  /// Which of the two memory layouts, by the first version that has it.
  enum Layout { case python38, python39 }

  let layout: Layout

  private static let numberFormat = "q"
  private static let floatFormat = "d"
  private static let truthFormat = "xxxxxxx?"
  private static let noneFormat = "xxxxxx?x"

  func encode(_ value: Value) throws(CodecError) -> [UInt8] {
    guard case .list(let items) = value else {
      throw CodecError(.malformed, "A shareable list is a list; this value is none.")
    }
    var places: [Int] = []
    var (data, formats, codes): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    for (index, item) in items.enumerated() {
      let slot = try Slot(item, index)
      places.append(layout == .python39 ? data.count : slot.bytes.count)
      data += slot.bytes
      formats += Self.padded(Array(slot.format.utf8), to: 8)
      codes.append(slot.code)
    }
    if layout == .python39 { places.append(data.count) }
    return ([items.count] + places).flatMap { Self.bytes(UInt64($0)) } + data + formats + codes
  }

  func decode(_ message: [UInt8], _ budget: DecodingBudget) throws(CodecError) -> Value {
    var budget = budget
    let memory = Memory(bytes: message)
    let count = try memory.count(at: 0, "number of items")
    // Each item has a place, a format and a code at least: a number beyond that is refused before anything is multiplied.
    guard count <= message.count / 17 else {
      throw Self.wrong("\(count) items do not fit its \(message.count) bytes")
    }
    let start = 8 * (layout == .python39 ? count + 2 : count + 1)
    let slots = try slots(memory, count, start)
    let formats = slots.last?.upperBound ?? start
    let codes = formats + 8 * count
    var items: [Value] = []
    for (index, slot) in slots.enumerated() {
      let format = try memory.range(formats + 8 * index, 8)
      let code = try memory.range(codes + index, 1).first ?? 0
      let item = try item(memory, slot, format, code, index)
      try budget.spend(item)
      items.append(item)
    }
    return .shared(list: items)
  }

  /// Where the items are.
  private func slots(_ memory: Memory, _ count: Int, _ start: Int) throws(CodecError) -> [Range<Int>] {
    var slots: [Range<Int>] = []
    var end = start
    if layout == .python39, try memory.count(at: 8, "first offset") != 0 {
      throw Self.wrong("its first offset is not 0; in the layout of CPython 3.8 it is shareable-list-3.8")
    }
    for index in 0..<count {
      let next =
        switch layout {
        case .python38: try end + memory.count(at: 8 * (index + 1), "length of item \(index)")
        case .python39: try start + memory.count(at: 8 * (index + 2), "offset of item \(index + 1)")
        }
      guard next >= end, next <= memory.bytes.count else {
        throw Self.wrong("item \(index) ends at byte \(next), before it begins or beyond the memory")
      }
      slots.append(end..<next)
      end = next
    }
    return slots
  }

  private func item(
    _ memory: Memory, _ slot: Range<Int>, _ format: ArraySlice<UInt8>, _ code: UInt8, _ index: Int
  ) throws(CodecError) -> Value {
    let name = String(decoding: Self.stripped(format), as: UTF8.self)
    switch (name, code) {
    case (Self.numberFormat, 0):
      return .shared(Int(Int64(bitPattern: try memory.word(in: slot, index))))
    case (Self.floatFormat, 0):
      return .f64(Double(bitPattern: try memory.word(in: slot, index)))
    case (Self.truthFormat, 0):
      return .bool(try memory.word(in: slot, index) >> 56 != 0)
    case (Self.noneFormat, 3):
      return .null
    case (_, 1), (_, 2):
      guard name.last == "s", name.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let length = Int(name.dropLast()), length <= slot.count
      else { break }
      // Python cannot tell the padding from NUL bytes of the content either.
      let content = Array(Self.stripped(memory.bytes[slot.lowerBound..<(slot.lowerBound + length)]))
      if code == 2 { return .shared(bytes: content) }
      guard let text = String(validating: content, as: UTF8.self) else {
        throw Self.wrong("item \(index) is no UTF-8: a text of more bytes than characters may have been cut off")
      }
      return .shared(text: text)
    default: break
    }
    throw Self.wrong("item \(index) of \(slot.count) bytes has the format \"\(name.prefix(8))\" and the code \(code)")
  }
}

extension ShareableListCodec {
  /// An item as it is stored.
  private struct Slot {
    let bytes: [UInt8]
    let format: String
    let code: UInt8

    init(bytes: [UInt8], format: String, code: UInt8) { (self.bytes, self.format, self.code) = (bytes, format, code) }

    init(_ value: Value, _ index: Int) throws(CodecError) {
      switch value {
      case .null: self.init(bytes: ShareableListCodec.bytes(0), format: noneFormat, code: 3)
      case .bool(let value):
        self.init(bytes: ShareableListCodec.bytes(value ? 1 << 56 : 0), format: truthFormat, code: 0)
      case .f64(let value):
        self.init(bytes: ShareableListCodec.bytes(value.bitPattern), format: floatFormat, code: 0)
      case .int(let value):
        guard let number = Int64(exactly: value) else {
          throw CodecError(.malformed, "Item \(index) is beyond the 64 bits that a shareable list has for a number.")
        }
        self.init(bytes: ShareableListCodec.bytes(UInt64(bitPattern: number)), format: numberFormat, code: 0)
      case .text(let value):
        try self.init(Array(value.utf8), ofLength: value.unicodeScalars.count, code: 1, index)
      case .bytes(let value): try self.init(value, ofLength: value.count, code: 2, index)
      default:
        throw CodecError(
          .malformed,
          "Item \(index) is of a kind that a shareable list does not have: null, a truth value, an int, an f64, text or bytes."
        )
      }
    }

    /// A text or bytes; the length is what Python counts.
    private init(_ content: [UInt8], ofLength length: Int, code: UInt8, _ index: Int) throws(CodecError) {
      let size = 8 * (length / 8 + 1)
      guard content.count <= size else {
        throw CodecError(
          .malformed,
          "Item \(index) needs \(content.count) bytes in UTF-8, and Python gives \(length) characters \(size): it would cut the text off."
        )
      }
      guard content.last != 0 else {
        throw CodecError(
          .malformed, "Item \(index) ends with a NUL, which Python takes for padding; end it with something else.")
      }
      let format = "\(size)s"
      guard format.utf8.count <= 8 else {
        throw CodecError(.malformed, "Item \(index) has \(content.count) bytes, and Python can describe 9999991.")
      }
      self.init(bytes: ShareableListCodec.padded(content, to: size), format: format, code: code)
    }
  }

  /// Foreign memory, every part of which is checked before it is used.
  private struct Memory {
    let bytes: [UInt8]

    func range(_ start: Int, _ count: Int) throws(CodecError) -> ArraySlice<UInt8> {
      guard start <= bytes.count, bytes.count - start >= count else {
        throw wrong("its \(bytes.count) bytes end before byte \(start + count)")
      }
      return bytes[start..<(start + count)]
    }

    func count(at offset: Int, _ what: String) throws(CodecError) -> Int {
      let number = ShareableListCodec.number(try range(offset, 8))
      guard number <= UInt64(bytes.count) else {
        throw wrong("its \(what) is \(Int64(bitPattern: number)), and it has \(bytes.count) bytes")
      }
      return Int(number)
    }

    func word(in slot: Range<Int>, _ index: Int) throws(CodecError) -> UInt64 {
      guard slot.count >= 8 else { throw wrong("item \(index) has \(slot.count) bytes, and its format needs 8") }
      return ShareableListCodec.number(try range(slot.lowerBound, 8))
    }
  }

  private static func wrong(_ reason: String) -> CodecError {
    CodecError(.malformed, "This is not the memory of a shareable list: \(reason).")
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  private static func stripped(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes[..<(bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex)]
  }
}
