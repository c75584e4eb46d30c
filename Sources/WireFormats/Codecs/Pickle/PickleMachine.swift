/// The stack machine that a pickle is a program for.
///
/// Each step reads at least a byte and takes time in proportion to what it reads or takes from the stack, so the work is bounded by
/// the size of the message, but for what ``produce(_:)`` counts.
struct PickleMachine {
  let limits: PickleLimits
  var reader: ByteReader
  var stack: [PickleItem] = []
  /// Where the stack stood at each open mark.
  var marks: [Int] = []
  var memo = PickleMemo()
  var nodes: [PickleNode] = []
  var objects: [PickleObject] = []
  private var pushed = 0
  private var produced = 0

  init(_ message: [UInt8], limits: PickleLimits) {
    self.limits = limits
    reader = ByteReader(message)
  }

  /// Runs up to the end and gives the value that is left.
  mutating func run() throws(CodecError) -> Value {
    while true {
      let place = reader.position
      let byte = try reader.byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw malformed("byte \(place) is 0x\(Hex.text([byte])), which is no instruction of a pickle")
      }
      if opcode == .stop { break }
      try step(opcode)
    }
    let result = try pop()
    var graph = PickleGraph(nodes: nodes, objects: objects, limits: limits)
    return try graph.value(of: result)
  }

  private mutating func step(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .proto:
      let version = try reader.byte()
      guard version <= 5 else { throw malformed("it is of protocol \(version), and 5 is the last that is known") }
    case .frame: _ = try reader.length(8)
    case .mark:
      guard marks.count < limits.marks else { throw tooLarge("marks at a time", limits.marks) }
      marks.append(stack.count)
    case .pop:
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .dup: try push(top())
    case .memoize: try memorize(memo.count)
    case .put: try memorize(index(reader.line()))
    case .binPut: try memorize(Int(reader.byte()))
    case .longBinPut: try memorize(Int(reader.littleEndian(4)))
    case .get: try recall(index(reader.line()))
    case .binGet: try recall(Int(reader.byte()))
    case .longBinGet: try recall(Int(reader.littleEndian(4)))
    case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat:
      try push(.value(number(opcode)))
    case .unicode, .shortBinUnicode, .binUnicode, .binUnicode8:
      try push(.value(text(opcode)))
    case .string, .binString, .shortBinString, .shortBinBytes, .binBytes, .binBytes8, .byteArray8:
      try push(.value(bytes(opcode)))
    case .emptyTuple, .tuple1, .tuple2, .tuple3, .tuple, .emptyList, .list, .emptyDict, .dict, .emptySet, .frozenSet:
      try makeContainer(opcode)
    case .append, .appends, .setItem, .setItems, .addItems: try fillContainer(opcode)
    case .global, .stackGlobal, .reduce, .newObj, .newObjEx, .build: try makeObject(opcode)
    case .persID, .binPersID, .inst, .obj, .ext1, .ext2, .ext4, .nextBuffer, .readOnlyBuffer:
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

  /// A new node on the stack.
  mutating func push(_ kind: PickleNode.Kind, _ items: [PickleItem] = []) throws(CodecError) {
    try push(.node(nodes.count))
    nodes.append(PickleNode(kind: kind, items: items))
  }

  /// The topmost item, if it lies above the last mark.
  func top() throws(CodecError) -> PickleItem {
    guard let item = stack.last, stack.count > marks.last ?? 0 else {
      throw malformed("an instruction before byte \(reader.position) needs more than there is on the stack")
    }
    return item
  }

  mutating func pop() throws(CodecError) -> PickleItem {
    let item = try top()
    stack.removeLast()
    return item
  }

  /// The last items, the topmost at the end.
  mutating func pop(_ count: Int) throws(CodecError) -> [PickleItem] {
    var items: [PickleItem] = []
    for _ in 0..<count { items.append(try pop()) }
    items.reverse()
    return items
  }

  /// The items above the last mark, which goes too.
  mutating func popToMark() throws(CodecError) -> [PickleItem] {
    guard let mark = marks.popLast() else { throw malformed("a mark is missing before byte \(reader.position)") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }
}

// The memo, and limits.
extension PickleMachine {
  private mutating func memorize(_ index: Int) throws(CodecError) {
    memo.set(index, to: try top())
    guard memo.count <= limits.memo else { throw tooLarge("entries of the memo", limits.memo) }
  }

  private mutating func recall(_ index: Int) throws(CodecError) {
    guard let item = memo[index] else {
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

  /// Counts bytes that are made from a part that may be used again, so that a short message cannot ask for a lot of them.
  mutating func produce(_ count: Int) throws(CodecError) {
    produced += count
    guard produced <= limits.content else { throw tooLarge("bytes of content", limits.content) }
  }

  func malformed(_ reason: String) -> CodecError {
    CodecError(.malformed, "The pickle cannot be read: \(reason).")
  }

  func tooLarge(_ what: String, _ limit: Int) -> CodecError {
    CodecError(.tooLarge, "The pickle asks for more than \(limit) \(what).")
  }
}
