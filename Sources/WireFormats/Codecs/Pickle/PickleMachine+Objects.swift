// Classes, functions and objects: nothing is looked up, only written down.
extension PickleMachine {
  mutating func makeObject(_ opcode: PickleOpcode, at place: Int) throws(CodecError) {
    switch opcode {
    case .global: try push(store.add(PickleObject(name: nameLines(at: place))))
    case .stackGlobal: try pushStackGlobal()
    case .reduce:
      let place = try top(2)
      let (callee, tuple) = (stack[place], stack[place + 1])
      drop(from: place)
      try reduce(callee, tuple)
    case .newObj:
      let place = try top(2)
      let (callee, tuple) = (stack[place], stack[place + 1])
      drop(from: place)
      try call(callee, tuple)
    case .newObjEx: try callWithKeywords()
    case .inst:
      let name = try nameLines(at: place)
      try pushInstance(of: name, from: takeMark())
    case .obj:
      // The class lies below its arguments, above the mark.
      let place = try takeMark()
      guard place < stack.count, let name = bareName(stack[place]) else {
        throw malformed("an instance before byte \(reader.position) has no class")
      }
      try pushInstance(of: name, from: place + 1, droppingFrom: place)
    default:
      let place = try top(2)
      guard let object = object(stack[place]) else {
        throw malformed("a state before byte \(reader.position) is set on what has none")
      }
      store.addState(object, stack[place + 1])
      store.objects[object].growing = 0
      drop(from: place + 1)
    }
  }

  /// An old-style instance of Python 2: its class and what it was called with.
  private mutating func pushInstance(
    of name: UInt32, from place: Int, droppingFrom bottom: Int? = nil
  ) throws(CodecError) {
    let arguments = store.add(.tuple, stack[place...])
    drop(from: bottom ?? place)
    try push(store.add(PickleObject(name: name, arguments: arguments)))
  }

  private mutating func callWithKeywords() throws(CodecError) {
    let place = try top(3)
    let (callee, tuple, keywords) = (stack[place], stack[place + 1], stack[place + 2])
    drop(from: place)
    guard let node = keywords.node, store.nodes[node].kind == .map else {
      throw malformed("the keyword arguments before byte \(reader.position) are no map")
    }
    let positional = try arguments(tuple)
    let hasKeywords = store.nodes[node].first > 0
    try call(callee, hasKeywords ? newTuple(positional.map { store.items[$0] } + [keywords]) : tuple)
  }

  /// The object that an item is.
  private func object(_ item: PickleItem) -> Int? {
    guard let node = item.node, store.nodes[node].kind == .object else { return nil }
    return store.nodes[node].first
  }

  private mutating func newTuple(_ items: [PickleItem]) throws(CodecError) -> PickleItem {
    try copy(items.count + 8)
    return store.add(.tuple, items[...])
  }

  /// Where the items of a tuple are.
  private func arguments(_ item: PickleItem) throws(CodecError) -> Range<Int> {
    if let place = place(item), reader.bytes[place] == PickleOpcode.emptyTuple.rawValue { return 0..<0 }
    guard let node = item.node, store.nodes[node].kind == .tuple, let range = store.range(of: node) else {
      throw malformed("the arguments before byte \(reader.position) are no tuple")
    }
    return range
  }

  /// Where in the message a part without parts is.
  private func place(_ item: PickleItem) -> Int? {
    guard let node = item.node else { return item.place }
    return store.nodes[node].kind == .scalar ? store.nodes[node].first : nil
  }

  /// What the message says of a part without parts.
  private func content(_ item: PickleItem) throws(CodecError) -> PickleContent? {
    guard let place = place(item) else { return nil }
    return try PickleContent(in: reader.bytes, at: place)
  }

  private mutating func call(_ callee: PickleItem, _ tuple: PickleItem) throws(CodecError) {
    let items = try arguments(tuple)
    if let name = bareName(callee) {
      try push(store.add(PickleObject(name: name, arguments: tuple)))
    } else if object(callee) != nil {
      let arguments = try newTuple([callee] + items.map { store.items[$0] })
      try push(store.add(PickleObject(name: PickleStore.callName, arguments: arguments)))
    } else {
      throw malformed("what is called before byte \(reader.position) is no class or function")
    }
  }
}

// Names.
extension PickleMachine {
  /// The two lines of a name behind an instruction.
  private mutating func nameLines(at place: Int) throws(CodecError) -> UInt32 {
    let (module, name) = try (nameLine(), nameLine())
    return addName(module, name, first: PickleItem(at: place), second: .absent)
  }

  private mutating func nameLine() throws(CodecError) -> ArraySlice<UInt8> {
    let line = try reader.line()
    guard !line.isEmpty, String(validating: line, as: UTF8.self) != nil else {
      throw malformed("the name before byte \(reader.position) is empty or no text")
    }
    return line
  }

  private mutating func addName(
    _ module: some Collection<UInt8>, _ name: some Collection<UInt8>, first: PickleItem, second: PickleItem
  ) -> UInt32 {
    let length = module.count + 1 + name.count
    let isShort = length <= PickleRole.longestName
    let role = isShort ? PickleRole(String(decoding: module + [0x2e] + name, as: UTF8.self)) : .none
    return store.add(PickleName(first: first, second: second, length: UInt32(length), role: role))
  }

  private mutating func pushStackGlobal() throws(CodecError) {
    let place = try top(2)
    guard let first = self.place(stack[place]), let second = self.place(stack[place + 1]),
      let module = try string(stack[place], longest: 4096), let name = try string(stack[place + 1], longest: 4096)
    else { throw malformed("the name before byte \(reader.position) is no text, or a very long one") }
    drop(from: place)
    try produce(module.utf8.count + name.utf8.count)
    let index = addName(module.utf8, name.utf8, first: PickleItem(at: first), second: PickleItem(at: second))
    try push(store.add(PickleObject(name: index)))
  }

  /// A short text, or a byte string of Python 2 that can be read as one.
  private func string(_ item: PickleItem, longest: Int) throws(CodecError) -> String? {
    guard let content = try content(item), content.size <= longest else { return nil }
    switch content {
    case .text, .textLine: return content.text
    case .bytes, .quotedLine: return content.bytes.flatMap { String(validating: $0, as: UTF8.self) }
    default: return nil
    }
  }

  /// The name of the class or function itself, if the item is one.
  private func bareName(_ item: PickleItem) -> UInt32? {
    guard let object = object(item), store.objects[object].isBareName else { return nil }
    return store.objects[object].name
  }

  private func role(_ item: PickleItem) -> PickleRole {
    bareName(item).map { store.names[Int($0)].role } ?? .none
  }
}

// Calls that stand for plain data.
extension PickleMachine {
  private mutating func reduce(_ callee: PickleItem, _ tuple: PickleItem) throws(CodecError) {
    let items = try arguments(tuple)
    let made: PickleItem? =
      switch role(callee) {
      case .encode: items.count == 2 ? try latin1(items, as: .bytes) : nil
      case .bytes: try octets(items, as: .bytes)
      case .byteArray: try octets(items, as: .byteArray)
      case .set: try elements(items, as: .set)
      case .frozenSet: try elements(items, as: .frozenSet)
      case .list: try elements(items, as: .list)
      case .reconstructor: try reconstruction(items)
      case .none, .object: nil
      }
    if let made { try push(made) } else { try call(callee, tuple) }
  }

  /// How protocols 0 and 1 make an object: its class, the class whose `__new__` makes it, and that one's argument.
  private mutating func reconstruction(_ items: Range<Int>) throws(CodecError) -> PickleItem? {
    guard items.count == 3, let name = bareName(store.items[items.lowerBound]),
      bareName(store.items[items.lowerBound + 1]) != nil
    else { return nil }
    let isPlain = role(store.items[items.lowerBound + 1]) == .object
    let arguments = store.add(.tuple, items: isPlain ? 0..<0 : (items.upperBound - 1)..<items.upperBound)
    return store.add(PickleObject(name: name, arguments: arguments))
  }

  /// What `bytes(…)` and `bytearray(…)` make of nothing, of bytes, of a text in Latin-1, and of a sequence of numbers.
  private mutating func octets(_ items: Range<Int>, as kind: PickleNode.Kind) throws(CodecError) -> PickleItem? {
    guard !items.isEmpty else { return store.add(kind, items: items) }
    if items.count == 2 { return try latin1(items, as: kind) }
    let item = store.items[items.lowerBound]
    guard items.count == 1 else { return nil }
    if let node = item.node, [.bytes, .byteArray].contains(store.nodes[node].kind), let range = store.range(of: node) {
      try copy(range.count)
      if let first = range.first { try produce(content(store.items[first])?.size ?? 0) }
      return store.add(kind, items: range)
    }
    if let content = try content(item) {
      try produce(content.size)
      switch content {
      case .bytes, .byteArray, .quotedLine: return store.add(kind, items: items)
      case .emptyTuple: return store.add(kind, items: 0..<0)
      default: return nil
      }
    }
    guard let range = try sequence(item) else { return nil }
    for index in range {
      guard case .small(let number)? = try number(store.items[index]), (0...255).contains(number) else {
        throw malformed("a byte before byte \(reader.position) is no number from 0 to 255")
      }
    }
    return store.add(kind, items: range)
  }

  /// A number that may be that of a byte.
  private func number(_ item: PickleItem) throws(CodecError) -> PickleContent? {
    guard let content = try content(item) else { return nil }
    if case .small = content { return content }
    // A small number may be written in longer ways.
    guard content.size <= 16, let number = content.number else { return content }
    return .small(Int(exactly: number) ?? -1)
  }

  /// The bytes of a text in Latin-1; nil if another encoding is named.
  private mutating func latin1(_ items: Range<Int>, as kind: PickleNode.Kind) throws(CodecError) -> PickleItem? {
    guard let encoding = try string(store.items[items.lowerBound + 1], longest: 16),
      Self.latin1Names.contains(encoding.lowercased()),
      let content = try content(store.items[items.lowerBound])
    else { return nil }
    try produce(content.size)
    switch content {
    case .text, .textLine: break
    default: return nil
    }
    guard content.latin1 != nil else {
      throw malformed("the bytes before byte \(reader.position) are a text beyond U+00FF")
    }
    return store.add(kind, items: items.lowerBound..<(items.lowerBound + 1))
  }

  private static let latin1Names: Set<String> = ["latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1"]

  /// A container of the members of a sequence or set that is the only argument, or of none; nil for anything else.
  private mutating func elements(_ items: Range<Int>, as kind: PickleNode.Kind) throws(CodecError) -> PickleItem? {
    guard !items.isEmpty else { return store.add(kind, items: items) }
    guard items.count == 1, let range = try sequence(store.items[items.lowerBound]) else { return nil }
    return store.add(kind, items: range)
  }

  /// Where the members of a sequence or set are, copied if they do not lie together; nil for anything else.
  ///
  /// They count as copied in any case: each container of them is gone through.
  private mutating func sequence(_ item: PickleItem) throws(CodecError) -> Range<Int>? {
    if let place = place(item) {
      return reader.bytes[place] == PickleOpcode.emptyTuple.rawValue ? 0..<0 : nil
    }
    guard let node = item.node, [.list, .tuple, .set, .frozenSet].contains(store.nodes[node].kind) else { return nil }
    if let range = store.range(of: node) {
      try copy(range.count)
      return range
    }
    var parts = store.parts(of: node)
    var copies: [PickleItem] = []
    while let part = store.next(&parts) {
      // Counted before the copy grows.
      try copy(1)
      copies.append(part)
    }
    guard let copied = store.add(.tuple, copies[...]).node else { return nil }
    return store.range(of: copied)
  }
}
