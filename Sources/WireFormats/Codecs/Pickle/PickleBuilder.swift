import BigInt

/// Makes values of nodes, each after its parts.
struct PickleBuilder {
  private let nodes: [PickleNode]
  private let objects: [PickleObject]
  private var values: [Value?]
  private var identities = PickleIdentities()
  /// What a node is as a key; nil if it cannot be one, or has not been asked.
  private var keys: [Int?]

  init(nodes: [PickleNode], objects: [PickleObject]) {
    self.nodes = nodes
    self.objects = objects
    values = Array(repeating: nil, count: nodes.count)
    keys = Array(repeating: nil, count: nodes.count)
  }

  /// The value of an item whose node, if it is one, is built.
  func value(of item: PickleItem) -> Value {
    switch item {
    case .value(let value): value
    case .node(let index): values[index] ?? .null
    }
  }

  mutating func build(_ index: Int) throws(CodecError) {
    let items = nodes[index].items
    switch nodes[index].kind {
    case .list: values[index] = .list(items.map(value))
    case .tuple: values[index] = .tuple(items.map(value))
    case .set: values[index] = .set(try members(items).map(value))
    case .frozenSet: values[index] = .frozenSet(try members(items).map(value))
    case .map: values[index] = .map(try entries(items))
    case .object(let number):
      let object = Value.InertObject(
        name: objects[number].name, arguments: value(of: items[0]).unlessNull, state: value(of: items[1]).unlessNull)
      values[index] = .object(object)
    }
  }

  /// Each member once.
  private mutating func members(_ items: [PickleItem]) throws(CodecError) -> [PickleItem] {
    var seen: Set<Int> = []
    var members: [PickleItem] = []
    for item in items where seen.insert(try key(of: item)).inserted { members.append(item) }
    return members
  }

  /// Each key once: the first key and the last value stay, as in Python.
  private mutating func entries(_ items: [PickleItem]) throws(CodecError) -> [Value.Entry] {
    var places: [Int: Int] = [:]
    var entries: [Value.Entry] = []
    for index in stride(from: 0, to: items.count, by: 2) {
      let key = try key(of: items[index])
      if let place = places[key] {
        entries[place].value = value(of: items[index + 1])
      } else {
        places[key] = entries.count
        entries.append(Value.Entry(value(of: items[index]), value(of: items[index + 1])))
      }
    }
    return entries
  }

  /// A number for what Python finds equal; other things have other numbers.
  private mutating func key(of item: PickleItem) throws(CodecError) -> Int {
    guard case .node(let index) = item else { return try identities.number(of: value(of: item)) }
    if let known = keys[index] { return known }
    let key: Int
    switch nodes[index].kind {
    case .tuple: key = identities.number(of: .tuple(try keys(of: nodes[index].items)))
    case .frozenSet: key = identities.number(of: .members(Set(try keys(of: nodes[index].items))))
    case .object: key = identities.unlikeAnyOther()
    case .list, .set, .map: throw PickleIdentities.unhashable
    }
    keys[index] = key
    return key
  }

  private mutating func keys(of items: [PickleItem]) throws(CodecError) -> [Int] {
    var keys: [Int] = []
    for item in items { keys.append(try key(of: item)) }
    return keys
  }
}

/// Numbers for things, the same for those that Python finds equal: 1, 1.0 and true are one key.
struct PickleIdentities {
  enum Identity: Hashable {
    case null
    case number(BigInt)
    case fraction(Double)
    // Not a String, for which two spellings of é are equal.
    case text([UInt8])
    case bytes([UInt8])
    case tuple([Int])
    case members(Set<Int>)
  }

  private var numbers: [Identity: Int] = [:]
  private var count = 0

  static let unhashable = CodecError(
    .malformed, "A list, bytearray, set or map is a key or a member of a set, and Python cannot hash it.")

  mutating func number(of identity: Identity) -> Int {
    if let number = numbers[identity] { return number }
    let number = unlikeAnyOther()
    numbers[identity] = number
    return number
  }

  mutating func unlikeAnyOther() -> Int {
    count += 1
    return count
  }

  /// The number of a value without parts.
  mutating func number(of value: Value) throws(CodecError) -> Int {
    switch value {
    case .null: number(of: Identity.null)
    case .bool(let bool): number(of: Identity.number(bool ? 1 : 0))
    case .int(let int): number(of: Identity.number(int))
    case .f64(let double):
      if double.isNaN {
        unlikeAnyOther()
      } else if let int = BigInt(exactly: double) {
        number(of: Identity.number(int))
      } else {
        number(of: Identity.fraction(double))
      }
    case .text(let text): number(of: Identity.text(Array(text.utf8)))
    case .bytes(let bytes): number(of: Identity.bytes(bytes))
    default: throw Self.unhashable
    }
  }
}
