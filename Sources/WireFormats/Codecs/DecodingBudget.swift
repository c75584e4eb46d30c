import BigInt

/// What decoding one message may still take, which is counted before it is taken.
struct DecodingBudget {
  /// Bytes of memory.
  private(set) var memory: Int
  /// Bytes of the value's ``Value/tokens``.
  private(set) var text: Int
  private let (mostMemory, mostText): (Int, Int)

  /// The budget of a message.
  ///
  /// - Parameters:
  ///   - messageSize: the bytes of the message.
  ///   - longestText: the most bytes that the value's tokens may take; nil if nobody will write them.
  ///   - limits: how much memory there is.
  init(messageSize: Int, longestText: Int? = nil, limits: PickleLimits = PickleLimits()) {
    memory = limits.memory(messageSize: messageSize)
    text = longestText ?? .max
    (mostMemory, mostText) = (memory, text)
  }

  mutating func spend(memory bytes: Int) throws(CodecError) {
    guard bytes <= memory else {
      throw CodecError(
        .tooLarge, "The value needs more than the \(mostMemory) bytes of memory that its message may take.")
    }
    memory -= bytes
  }

  mutating func spend(text bytes: Int) throws(CodecError) {
    guard bytes <= text else {
      throw CodecError(.usage, "The value is too long: it needs more than \(mostText) bytes when it is written out.")
    }
    text -= bytes
  }

  /// A number in decimal.
  mutating func spend(digits: Int) throws(CodecError) {
    try spend(text: "int:".utf8.count + digits)
    // Small ones are shared.
    try spend(memory: digits < 3 ? 0 : ValueMemory.number(digits: digits))
  }

  /// A text in so many bytes of UTF-8.
  mutating func spend(utf8 bytes: Int) throws(CodecError) {
    try spend(text: "text:".utf8.count + 2 * bytes)
    try spend(memory: ValueMemory.text(bytes))
  }

  /// What a value without parts takes in an array.
  mutating func spend(_ value: Value) throws(CodecError) {
    var left = text
    value.takeTokens(from: &left)
    try spend(text: left < 0 ? .max : text - left)
    try spend(memoryOf: value)
  }

  /// The memory that a value without parts takes in an array.
  private mutating func spend(memoryOf value: Value) throws(CodecError) {
    let content =
      switch value {
      case .int(let number): Self.isShared(number) ? 0 : ValueMemory.number(digits: number.fewestDigits + 1)
      case .f64, .f32: ValueMemory.double
      case .text(let text): ValueMemory.text(text.utf8.count)
      case .bytes(let bytes), .byteArray(let bytes): ValueMemory.content(bytes.count)
      default: 0
      }
    try spend(memory: content + ValueMemory.slot)
  }

  private static func isShared(_ number: BigInt) -> Bool {
    Int(exactly: number).map(Value.sharedNumbers.contains) ?? false
  }
}
