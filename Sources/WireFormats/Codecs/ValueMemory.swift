import BigInt

/// How much memory values take, in bytes.
///
/// A ``Value`` is a pointer, and what it points to is a block of the heap with 16 bytes of Swift's before the content; an array has 32.
enum ValueMemory {
  /// A pointer in an array.
  static let slot = MemoryLayout<Value>.stride

  /// A double.
  static let double = block(16 + MemoryLayout<Double>.size)

  /// A whole number of so many digits, or fewer.
  static func number(digits: Int) -> Int {
    // 38 digits are two words, which need no array.
    block(16 + MemoryLayout<BigInt>.size) + (digits > 38 ? block(32 + digits / 2) : 0)
  }

  /// A text or bytes of so many bytes.
  static func content(_ count: Int) -> Int {
    count == 0 ? 0 : block(16 + MemoryLayout<String>.size) + block(32 + count)
  }

  /// A text, of which Swift keeps 15 bytes without a block of their own.
  static func text(_ count: Int) -> Int {
    count == 0 ? 0 : count <= 15 ? block(16 + MemoryLayout<String>.size) : content(count)
  }

  /// A container with so many slots.
  static func container(slots: Int) -> Int {
    slots == 0 ? 0 : block(16 + MemoryLayout<[Value]>.size) + block(32 + slots * slot)
  }

  /// An inert object without its parts and name.
  static let object = block(16 + MemoryLayout<Value.InertObject>.size)

  /// What the heap gives for so many bytes.
  static func block(_ count: Int) -> Int { max(32, (count + 23) & ~15) }
}

// Values that are so common that all decoders share one of each.
extension Value {
  /// The numbers of which there is one value each: those that fit a byte, with a sign or without.
  static let sharedNumbers = -128...255

  /// A whole number.
  static func shared(_ number: Int) -> Value {
    sharedNumbers.contains(number) ? smallNumbers[number - sharedNumbers.lowerBound] : .int(BigInt(number))
  }

  /// A list.
  static func shared(list parts: [Value]) -> Value { parts.isEmpty ? emptyList : .list(parts) }

  /// A tuple.
  static func shared(tuple parts: [Value]) -> Value { parts.isEmpty ? emptyTuple : .tuple(parts) }

  /// A map.
  static func shared(map entries: [Entry]) -> Value { entries.isEmpty ? emptyMap : .map(entries) }

  /// A text.
  static func shared(text: String) -> Value { text.isEmpty ? emptyText : .text(text) }

  /// Bytes.
  static func shared(bytes: [UInt8]) -> Value { bytes.isEmpty ? emptyBytes : .bytes(bytes) }

  private static let smallNumbers = sharedNumbers.map { Value.int(BigInt($0)) }
  private static let (emptyList, emptyTuple, emptyMap) = (Value.list([]), Value.tuple([]), Value.map([]))
  private static let (emptyText, emptyBytes) = (Value.text(""), Value.bytes([]))
}
