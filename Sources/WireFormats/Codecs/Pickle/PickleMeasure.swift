/// How much a part is, every use of what it holds counted.
struct PickleMeasure {
  var depth = 0
  var parts = 1
  /// Bytes of text, bytes and numbers.
  var content = 0
  /// Bytes in ``Value/tokens`` with a comma behind it; of a number the fewest that it may need.
  var text = 0
  /// What writing the numbers in decimal takes: the squares of their digits, in 1024.
  var digitWork = 0

  /// A part that holds what is added to it.
  init(content: Int = 0, text: Int = 0) { (self.content, self.text) = (content, text) }

  /// A part without parts.
  init(_ content: PickleContent) {
    switch content {
    case .null, .bool: self.init(content: 1, text: 5)
    case .double: self.init(content: 1, text: 21)
    case .emptyTuple: self.init(content: 1, text: 8)
    case .small, .binary, .decimal: self.init(digits: content.fewestDigits)
    case .text(let bytes): self.init(content: bytes.count, text: 2 * bytes.count + 6)
    case .textLine:
      let count = content.text?.utf8.count ?? 0
      self.init(content: count, text: 2 * count + 6)
    case .bytes(let bytes): self.init(content: bytes.count, text: 2 * bytes.count + 7)
    case .byteArray(let bytes): self.init(content: bytes.count, text: 2 * bytes.count + 11)
    case .quotedLine:
      let count = content.bytes?.count ?? 0
      self.init(content: count, text: 2 * count + 7)
    }
  }

  private init(digits: Int) {
    self.init(content: digits * 5 / 12, text: digits + 5)
    digitWork = digits * digits >> 10
  }

  /// Takes in a part, checked at once: no sum can overflow.
  mutating func add(_ part: PickleMeasure, _ limits: PickleLimits, messageSize: Int) throws(CodecError) {
    depth = max(depth, part.depth + 1)
    parts += part.parts
    content += part.content
    text = min(text + part.text, Int(UInt32.max))
    digitWork += part.digitWork
    guard depth <= limits.depth else { throw Self.tooLarge("is nested deeper than \(limits.depth)") }
    guard parts <= limits.parts else { throw Self.tooLarge("has more than \(limits.parts) parts") }
    let mostContent = min(limits.content, Int(UInt32.max))
    guard content <= mostContent else { throw Self.tooLarge("has more than \(mostContent) bytes") }
    guard digitWork <= min((messageSize >> 20 + 1) << 26, Int(UInt32.max)) else {
      throw Self.tooLarge("has more long numbers than can be written in decimal within a second for each MiB")
    }
  }

  static func tooLarge(_ what: String) -> CodecError { CodecError(.tooLarge, "The value of the pickle \(what).") }
}

extension PickleMeasure {
  /// A measure in twenty bytes, of which there is one for each node.
  struct Packed {
    private var depth: UInt16
    private let parts, content, text, digitWork: UInt32

    /// The numbers, which the limits keep small.
    init(_ measure: PickleMeasure) {
      depth = UInt16(clamping: measure.depth)
      parts = UInt32(clamping: measure.parts)
      content = UInt32(clamping: measure.content)
      text = UInt32(clamping: measure.text)
      digitWork = UInt32(clamping: measure.digitWork)
    }

    var measure: PickleMeasure {
      var measure = PickleMeasure(content: Int(content), text: Int(text))
      (measure.depth, measure.parts, measure.digitWork) = (Int(depth), Int(parts), Int(digitWork))
      return measure
    }
  }
}

extension PickleContent {
  /// The digits of a whole number, or one fewer.
  fileprivate var fewestDigits: Int {
    switch self {
    case .small(let number): String(number.magnitude).utf8.count
    default: number?.fewestDigits ?? 1
    }
  }

  /// The memory of the value.
  var memory: Int {
    switch self {
    case .null, .bool, .emptyTuple: 0
    case .small(let number): Value.sharedNumbers.contains(number) ? 0 : ValueMemory.number(digits: 1)
    case .double: ValueMemory.double
    case .binary(let bytes): ValueMemory.number(digits: 2 * bytes.count + 1)
    case .decimal(let digits): ValueMemory.number(digits: digits.count)
    case .text, .textLine: ValueMemory.text(size)
    case .bytes, .byteArray, .quotedLine: ValueMemory.content(size)
    }
  }
}
