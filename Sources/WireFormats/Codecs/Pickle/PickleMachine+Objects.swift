// Classes, functions and objects: nothing is looked up, only written down.
extension PickleMachine {
  mutating func makeObject(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .global:
      let module = try name(reader.line())
      try push(PickleObject(name: module + "." + name(reader.line())))
    case .stackGlobal:
      let parts = try pop(2)
      guard let module = string(parts[0]), let name = string(parts[1]) else {
        throw malformed("the name before byte \(reader.position) is no text, or a very long one")
      }
      try push(PickleObject(name: module + "." + name))
    case .reduce:
      let parts = try pop(2)
      try reduce(parts[0], parts[1])
    case .newObj:
      let parts = try pop(2)
      try call(parts[0], parts[1])
    case .newObjEx:
      let parts = try pop(3)
      guard case .node(let keywords) = parts[2], case .map = nodes[keywords].kind else {
        throw malformed("the keyword arguments before byte \(reader.position) are no map")
      }
      let positional = try arguments(parts[1])
      let hasKeywords = !nodes[keywords].items.isEmpty
      try call(parts[0], hasKeywords ? newTuple(positional + [parts[2]]) : parts[1])
    default:
      let state = try pop()
      guard case .node(let index) = try top(), case .object(let object) = nodes[index].kind else {
        throw malformed("a state before byte \(reader.position) is set on what has none")
      }
      objects[object].changes.append(PickleChange(kind: .state, items: [state]))
    }
  }

  private mutating func push(_ object: PickleObject) throws(CodecError) {
    try produce(object.name.utf8.count)
    try push(.object(objects.count))
    objects.append(object)
  }

  private mutating func newTuple(_ items: [PickleItem]) throws(CodecError) -> PickleItem {
    try copy(items)
    nodes.append(PickleNode(kind: .tuple, items: items))
    return .node(nodes.count - 1)
  }

  /// Counts items that are copied out of a part that may be used again.
  private mutating func copy(_ items: [PickleItem]) throws(CodecError) {
    try produce(items.count * MemoryLayout<PickleItem>.stride)
  }

  private func name(_ line: ArraySlice<UInt8>) throws(CodecError) -> String {
    guard !line.isEmpty, let name = String(validating: line, as: UTF8.self) else {
      throw malformed("the name before byte \(reader.position) is empty or no text")
    }
    return name
  }

  /// A short text, or a byte string of Python 2 that can be read as one.
  ///
  /// No name or encoding is long.
  private func string(_ item: PickleItem) -> String? {
    switch item {
    case .value(.text(let text)) where text.utf8.count <= 4096: text
    case .value(.bytes(let bytes)) where bytes.count <= 4096: String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  private func arguments(_ item: PickleItem) throws(CodecError) -> [PickleItem] {
    guard case .node(let index) = item, case .tuple = nodes[index].kind else {
      throw malformed("the arguments before byte \(reader.position) are no tuple")
    }
    return nodes[index].items
  }

  /// The class or function itself, if the item is one.
  private func bareName(_ item: PickleItem) -> String? {
    guard case .node(let index) = item, case .object(let object) = nodes[index].kind, objects[object].isBareName else {
      return nil
    }
    return objects[object].name
  }

  private mutating func call(_ callee: PickleItem, _ tuple: PickleItem) throws(CodecError) {
    let items = try arguments(tuple)
    if let name = bareName(callee) {
      try push(PickleObject(name: name, arguments: tuple))
    } else if case .node(let index) = callee, case .object = nodes[index].kind {
      try push(PickleObject(name: "operator.call", arguments: try newTuple([callee] + items)))
    } else {
      throw malformed("what is called before byte \(reader.position) is no class or function")
    }
  }
}

// Calls that stand for plain data.
extension PickleMachine {
  private mutating func reduce(_ callee: PickleItem, _ tuple: PickleItem) throws(CodecError) {
    let items = try arguments(tuple)
    switch bareName(callee) {
    case "_codecs.encode":
      if items.count == 2, let bytes = try latin1(items) { return try push(.value(.bytes(bytes))) }
    case "builtins.bytes", "__builtin__.bytes":
      if let bytes = try octets(items) { return try push(.value(.bytes(bytes))) }
    case "builtins.bytearray", "__builtin__.bytearray":
      if let bytes = try octets(items) { return try push(.value(.byteArray(bytes))) }
    case "builtins.set", "__builtin__.set":
      if let members = try elements(items) { return try push(.set, members) }
    case "builtins.frozenset", "__builtin__.frozenset":
      if let members = try elements(items) { return try push(.frozenSet, members) }
    case "builtins.list", "__builtin__.list":
      if let members = try elements(items) { return try push(.list, members) }
    case "copyreg._reconstructor", "copy_reg._reconstructor":
      // How protocols 0 and 1 make an object: its class, the class whose __new__ makes it, and that one's argument.
      if items.count == 3, let name = bareName(items[0]), let base = bareName(items[1]) {
        let isPlain = base.hasSuffix(".object")
        return try push(PickleObject(name: name, arguments: try newTuple(isPlain ? [] : [items[2]])))
      }
    default: break
    }
    try call(callee, tuple)
  }

  /// What `bytes(…)` and `bytearray(…)` make of nothing, of bytes, of a text in Latin-1, and of a sequence of numbers.
  private mutating func octets(_ items: [PickleItem]) throws(CodecError) -> [UInt8]? {
    guard let first = items.first else { return [] }
    if items.count == 2 { return try latin1(items) }
    guard items.count == 1 else { return nil }
    switch first {
    case .value(.bytes(let bytes)), .value(.byteArray(let bytes)): return bytes
    case .node:
      guard let members = try elements(items) else { return nil }
      var bytes: [UInt8] = []
      for member in members {
        guard case .value(.int(let number)) = member, let byte = UInt8(exactly: number) else {
          throw malformed("a byte before byte \(reader.position) is no number from 0 to 255")
        }
        bytes.append(byte)
      }
      return bytes
    default: return nil
    }
  }

  /// The bytes of a text in Latin-1; nil if another encoding is named.
  private mutating func latin1(_ items: [PickleItem]) throws(CodecError) -> [UInt8]? {
    guard let encoding = string(items[1]), Self.latin1Names.contains(encoding.lowercased()),
      case .value(.text(let text)) = items[0]
    else { return nil }
    try produce(text.utf8.count)
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else {
        throw malformed("the bytes before byte \(reader.position) are a text beyond U+00FF")
      }
      bytes.append(byte)
    }
    return bytes
  }

  private static let latin1Names: Set<String> = ["latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1"]

  /// The members of a sequence or set that is the only argument, or none without argument; nil for anything else.
  private mutating func elements(_ items: [PickleItem]) throws(CodecError) -> [PickleItem]? {
    guard let first = items.first else { return [] }
    guard items.count == 1, case .node(let index) = first else { return nil }
    switch nodes[index].kind {
    case .list, .tuple, .set, .frozenSet:
      try copy(nodes[index].items)
      return nodes[index].items
    case .map, .object: return nil
    }
  }
}
