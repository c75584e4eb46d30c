/// The stack machine that a pickle is a program for.
///
/// Each step reads at least a byte and takes time in proportion to what it reads or takes from the stack, so the work is bounded by
/// the size of the message, but for what ``produce(_:)`` counts. Values are not made here: an item says where in the message it is.
struct PickleMachine {
  let limits: PickleLimits
  var reader: ByteReader
  var stack: [PickleItem] = []
  /// Where the stack stood at each open mark.
  private var marks: [Int] = []
  private var memo = PickleMemo()
  var store = PickleStore()
  private var pushed = 0
  private var produced = 0
  private var copied = 0

  init(_ message: [UInt8], limits: PickleLimits) {
    self.limits = limits
    reader = ByteReader(message)
    // What is never used of it stays virtual, and it is not copied while it grows.
    stack.reserveCapacity(min(message.count, limits.parts))
  }

  /// Runs up to the end and gives the item that is left.
  mutating func run() throws(CodecError) -> PickleItem {
    while true {
      let place = reader.position
      let byte = try reader.byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw malformed("byte \(place) is 0x\(Hex.text([byte])), which is no instruction of a pickle")
      }
      if opcode == .stop { break }
      try step(opcode, at: place)
    }
    return stack[try top(1)]
  }

  private mutating func step(_ opcode: PickleOpcode, at place: Int) throws(CodecError) {
    switch opcode {
    case .proto:
      let version = try reader.byte()
      guard version <= 5 else { throw malformed("it is of protocol \(version), and 5 is the last that is known") }
    case .frame: _ = try reader.length(8)
    case .mark:
      guard marks.count < limits.marks else { throw tooLarge("marks at a time", limits.marks) }
      marks.append(stack.count)
    case .pop:
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { drop(from: try top(1)) }
    case .popMark: drop(from: try takeMark())
    case .dup: try push(shareTop())
    case .memoize: try memorize(memo.count)
    case .put: try memorize(index(reader.line()))
    case .binPut: try memorize(Int(reader.byte()))
    case .longBinPut: try memorize(Int(reader.littleEndian(4)))
    case .get: try recall(index(reader.line()))
    case .binGet: try recall(Int(reader.byte()))
    case .longBinGet: try recall(Int(reader.littleEndian(4)))
    case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat,
      .unicode, .shortBinUnicode, .binUnicode, .binUnicode8, .string, .binString, .shortBinString, .shortBinBytes,
      .binBytes, .binBytes8, .byteArray8, .emptyTuple:
      try pushScalar(opcode, at: place)
    case .tuple1, .tuple2, .tuple3, .tuple, .emptyList, .list, .emptyDict, .dict, .emptySet, .frozenSet:
      try makeContainer(opcode)
    case .append, .appends, .setItem, .setItems, .addItems: try fillContainer(opcode)
    case .global, .stackGlobal, .reduce, .newObj, .newObjEx, .build, .inst, .obj: try makeObject(opcode, at: place)
    case .persID, .binPersID, .ext1, .ext2, .ext4, .nextBuffer, .readOnlyBuffer:
      throw malformed("its instruction \(opcode) needs what is not in the message")
    case .stop: break
    }
  }
}

// The stack.
extension PickleMachine {
  mutating func push(_ item: PickleItem) throws(CodecError) {
    pushed += 1
    guard pushed <= limits.parts else { throw tooLarge("parts", limits.parts) }
    stack.append(item)
  }

  /// The place of the topmost items on the stack, if they lie above the last mark.
  func top(_ count: Int) throws(CodecError) -> Int {
    let place = stack.count - count
    guard place >= marks.last ?? 0 else {
      throw malformed("an instruction before byte \(reader.position) needs more than there is on the stack")
    }
    return place
  }

  /// The place of the last mark on the stack, which goes.
  mutating func takeMark() throws(CodecError) -> Int {
    guard let mark = marks.popLast() else { throw malformed("a mark is missing before byte \(reader.position)") }
    return mark
  }

  mutating func drop(from place: Int) { stack.removeLast(stack.count - place) }

  /// A node of the topmost items, which takes their place.
  mutating func collect(_ kind: PickleNode.Kind, from place: Int) throws(CodecError) {
    let item = store.add(kind, stack[place...])
    drop(from: place)
    try push(item)
  }

  /// The topmost item, which may be used several times from now on.
  private mutating func shareTop() throws(CodecError) -> PickleItem {
    let top = try top(1)
    if let place = stack[top].place { stack[top] = store.addScalar(at: place) }
    return stack[top]
  }
}

// The memo, and limits.
extension PickleMachine {
  private mutating func memorize(_ index: Int) throws(CodecError) {
    memo.set(index, to: try shareTop())
    guard memo.count <= limits.memo else { throw tooLarge("entries of the memo", limits.memo) }
  }

  private mutating func recall(_ index: Int) throws(CodecError) {
    let item = memo[index]
    guard item != .absent else {
      throw malformed("it uses entry \(index) of the memo, which was never set")
    }
    try push(item)
  }

  private func index(_ line: ArraySlice<UInt8>) throws(CodecError) -> Int {
    // Python's readers count these in 32 bits.
    guard (1...10).contains(line.count), line.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw malformed("the number of a memo entry before byte \(reader.position) is none")
    }
    return line.reduce(0) { 10 * $0 + Int($1 & 15) }
  }

  /// Counts bytes that are looked at in a part that may be used again, so that a short message cannot ask for a lot of work.
  mutating func produce(_ count: Int) throws(CodecError) {
    produced += count
    // What Python writes has each once, so nothing comes near.
    let most = min(limits.content, 16 << 20 + 16 * reader.bytes.count)
    guard produced <= most else { throw tooLarge("bytes of content", most) }
  }

  /// Counts items that are copied out of a part that may be used again.
  ///
  /// What Python writes has each of them once.
  mutating func copy(_ count: Int) throws(CodecError) {
    copied += count
    guard copied <= reader.bytes.count + 1 << 20 else { throw tooLarge("copied parts", reader.bytes.count + 1 << 20) }
  }

  func malformed(_ reason: String) -> CodecError {
    CodecError(.malformed, "The pickle cannot be read: \(reason).")
  }

  func tooLarge(_ what: String, _ limit: Int) -> CodecError {
    CodecError(.tooLarge, "The pickle asks for more than \(limit) \(what).")
  }
}
