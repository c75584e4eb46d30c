import BigInt

/// Makes values of nodes, each after its parts.
struct PickleBuilder {
  private let message: [UInt8]
  private let store: PickleStore
  /// For each node the place of its value and 1.
  private let places: [UInt32]
  private var values: [Value] = []
  private var names: [UInt32: String] = [:]
  /// What nodes are as keys, of those that were asked.
  private var keys: [UInt32: ContentIdentity] = [:]
  private var unlikeAnyOther = 0

  init(_ message: [UInt8], _ store: PickleStore, places: [UInt32], count: Int) {
    (self.message, self.store, self.places) = (message, store, places)
    values.reserveCapacity(count)
  }

  /// The value of an item whose node, if it is one, is built.
  func value(of item: PickleItem) throws(CodecError) -> Value {
    if let node = item.node { return values[Int(places[node]) - 1] }
    guard let place = item.place else { return .null }
    return try PickleContent(in: message, at: place).value
  }

  /// Builds the next node of the order.
  mutating func build(_ node: Int) throws(CodecError) {
    let entry = store.nodes[node]
    switch entry.kind {
    case .scalar: values.append(try value(of: PickleItem(at: entry.first)))
    case .bytes: values.append(.shared(bytes: try Self.octets(of: entry, message, store)))
    case .byteArray: values.append(.byteArray(try Self.octets(of: entry, message, store)))
    case .list: values.append(.shared(list: try parts(of: node)))
    case .tuple: values.append(.shared(tuple: try parts(of: node)))
    case .set: values.append(.set(try members(of: node)))
    case .frozenSet: values.append(.frozenSet(try members(of: node)))
    case .map: values.append(.shared(map: try entries(of: node)))
    case .object: values.append(.object(try object(store.objects[entry.first])))
    }
  }

  private func parts(of node: Int) throws(CodecError) -> [Value] {
    try values(store.parts(of: node), count: store.count(of: node))
  }

  private func values(_ parts: PickleStore.Parts, count: Int) throws(CodecError) -> [Value] {
    var (parts, values) = (parts, [Value]())
    values.reserveCapacity(count)
    while let part = store.next(&parts) { values.append(try value(of: part)) }
    return values
  }

  private mutating func object(_ object: PickleObject) throws(CodecError) -> Value.InertObject {
    var states = try values(store.states(of: object), count: 1)
    let state = states.count > 1 ? Value.tuple(states) : states.popLast()
    let arguments = object.arguments == .absent ? nil : try value(of: object.arguments)
    return Value.InertObject(
      name: try name(object.name), arguments: arguments?.unlessNull, state: state?.unlessNull)
  }

  private mutating func name(_ index: UInt32) throws(CodecError) -> String {
    if let name = names[index] { return name }
    let name = try store.names[Int(index)].text(in: message)
    names[index] = name
    return name
  }

  /// What a node of bytes or a bytearray is made of.
  static func octets(of entry: PickleNode, _ message: [UInt8], _ store: PickleStore) throws(CodecError) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in entry.first..<(entry.first + entry.second) {
      let item = store.items[index]
      let place = item.place ?? item.node.map { store.nodes[$0].first } ?? 0
      let content = try PickleContent(in: message, at: place)
      if let octets = content.latin1 ?? content.bytes { return octets }
      bytes.append(UInt8(truncatingIfNeeded: content.number ?? 0))
    }
    return bytes
  }
}

// Sets and maps.
extension PickleBuilder {
  /// Each member once.
  private mutating func members(of node: Int) throws(CodecError) -> [Value] {
    var parts = store.parts(of: node)
    var members: [Value] = []
    let count = store.count(of: node)
    members.reserveCapacity(count)
    var seen = Set<ContentIdentity>(minimumCapacity: count)
    while let item = store.next(&parts) {
      if seen.insert(try key(of: item)).inserted { members.append(try value(of: item)) }
    }
    return members
  }

  /// Each key once: the first key and the last value stay, as in Python.
  private mutating func entries(of node: Int) throws(CodecError) -> [Value.Entry] {
    var parts = store.parts(of: node)
    var entries: [Value.Entry] = []
    let count = store.count(of: node) / 2
    entries.reserveCapacity(count)
    var places = [ContentIdentity: UInt32](minimumCapacity: count)
    while let item = store.next(&parts), let content = store.next(&parts) {
      let key = try key(of: item)
      if let place = places[key] {
        entries[Int(place)].value = try value(of: content)
      } else {
        places[key] = UInt32(entries.count)
        entries.append(Value.Entry(try value(of: item), try value(of: content)))
      }
    }
    return entries
  }

  /// The same for what Python finds equal: 1, 1.0 and true are one key.
  private mutating func key(of item: PickleItem) throws(CodecError) -> ContentIdentity {
    guard let node = item.node else { return try key(of: PickleContent(in: message, at: item.place ?? 0)) }
    if let known = keys[UInt32(node)] { return known }
    let key: ContentIdentity
    let entry = store.nodes[node]
    switch entry.kind {
    case .scalar: key = try self.key(of: PickleContent(in: message, at: entry.first))
    case .bytes: key = Self.key("bytes", try Self.octets(of: entry, message, store)[...])
    case .tuple: key = Self.key("tuple", try keys(of: node))
    case .frozenSet: key = Self.key("frozenset", Set(try keys(of: node)).sorted())
    case .object: key = nextUnlikeAnyOther()
    case .list, .set, .map, .byteArray: throw CodecError.unhashable
    }
    // Short ones are as quickly made again.
    if !store.isShort(node, in: message) { keys[UInt32(node)] = key }
    return key
  }

  private mutating func keys(of node: Int) throws(CodecError) -> [ContentIdentity] {
    var (parts, keys) = (store.parts(of: node), [ContentIdentity]())
    while let part = store.next(&parts) { keys.append(try key(of: part)) }
    return keys
  }

  private mutating func key(of content: PickleContent) throws(CodecError) -> ContentIdentity {
    switch content {
    case .null: return Self.key("null", 0)
    case .bool(let bool): return Self.key("number", BigInt(bool ? 1 : 0))
    case .small, .binary, .decimal: return Self.key("number", content.number ?? 0)
    case .double(let double):
      if double.isNaN { return nextUnlikeAnyOther() }
      return BigInt(exactly: double).map { Self.key("number", $0) } ?? Self.key("fraction", double)
    case .text(let bytes): return Self.key("text", bytes)
    // As bytes: for Swift two spellings of é are equal texts.
    case .textLine: return Self.key("text", Array((content.text ?? "").utf8)[...])
    case .bytes(let bytes): return Self.key("bytes", bytes)
    case .quotedLine: return Self.key("bytes", (content.bytes ?? [])[...])
    case .emptyTuple: return Self.key("tuple", [ContentIdentity]())
    case .byteArray: throw CodecError.unhashable
    }
  }

  private mutating func nextUnlikeAnyOther() -> ContentIdentity {
    unlikeAnyOther += 1
    return Self.key("object", unlikeAnyOther)
  }

  private static func key(_ kind: String, _ content: some Hashable) -> ContentIdentity {
    ContentIdentity { hasher in
      hasher.combine(kind)
      hasher.combine(content)
    }
  }
}

extension PickleStore {
  /// Whether a node is a text or number of so few bytes that nothing is kept of it as a key.
  func isShort(_ node: Int, in message: [UInt8]) -> Bool {
    guard nodes[node].kind == .scalar else { return false }
    return ((try? PickleContent(in: message, at: nodes[node].first))?.size ?? 0) <= 64
  }
}

extension CodecError {
  static let unhashable = CodecError(
    .malformed, "A list, bytearray, set or map is a key or a member of a set, and Python cannot hash it.")
}

extension PickleName {
  /// The whole name.
  fileprivate func text(in message: [UInt8]) throws(CodecError) -> String {
    guard let place = first.place else { return "operator.call" }
    if let other = second.place {
      let parts = try (PickleContent(in: message, at: place), PickleContent(in: message, at: other))
      return Self.text(parts.0) + "." + Self.text(parts.1)
    }
    var reader = ByteReader(message, at: place + 1)
    let (module, name) = try (reader.line(), reader.line())
    return String(decoding: module + [0x2e] + name, as: UTF8.self)
  }

  private static func text(_ content: PickleContent) -> String {
    content.text ?? String(decoding: content.bytes ?? [], as: UTF8.self)
  }
}
