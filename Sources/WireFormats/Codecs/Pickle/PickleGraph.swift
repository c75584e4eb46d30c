/// The parts that a pickle has made, which becomes a value once it is known to be finite and of bearable size.
struct PickleGraph {
  private let message: [UInt8]
  private let store: PickleStore
  private let limits: PickleLimits
  private var budget: DecodingBudget
  /// The nodes that the value consists of, each behind its parts.
  private var order: [UInt32] = []
  /// For each node its place in the order and 1; 0 if it was not reached, and the highest number while its parts are gone through.
  private var places: [UInt32] = []
  private var measures: [PickleMeasure.Packed] = []
  private var leastText = 0
  private var countedNames: Set<UInt32> = []

  init(_ message: [UInt8], _ store: PickleStore, limits: PickleLimits, budget: DecodingBudget) {
    (self.message, self.store, self.limits, self.budget) = (message, store, limits, budget)
  }

  /// Makes the value.
  ///
  /// A part that is used several times is made once.
  mutating func value(of item: PickleItem) throws(CodecError) -> Value {
    places = Array(repeating: 0, count: store.nodes.count)
    if let root = item.node { try arrange(from: root) }
    measures.reserveCapacity(order.count)
    for node in order { measures.append(PickleMeasure.Packed(try measure(Int(node)))) }
    let total = try part(item)
    // No comma is behind the whole.
    try budget.spend(text: total.text - 1)
    measures = []
    try budget.spend(memory: held + order.count * (MemoryLayout<UInt32>.stride + ValueMemory.slot))
    var builder = PickleBuilder(message, store, places: places, count: order.count)
    for node in order { try builder.build(Int(node)) }
    return try builder.value(of: item)
  }

  private static let open = UInt32.max

  /// Finds the nodes of the value, each behind its parts.
  ///
  /// - Throws: `malformed` if a node is a part of itself, `too-large` if there are too many within each other.
  private mutating func arrange(from root: Int) throws(CodecError) {
    // Not a recursion, since a circle may be longer than the stack is deep.
    var path = [(node: root, parts: store.parts(of: root))]
    places[root] = Self.open
    while let last = path.indices.last {
      guard let part = store.next(&path[last].parts) else {
        let node = path.removeLast().node
        // Each part is written out with five bytes at least.
        guard order.count <= budget.text / 5 else { return try budget.spend(text: .max) }
        // The first are few enough; what is too long for a reply is never more.
        guard order.count < 1 << 16 || held + order.count * Self.nodeMemory <= budget.memory else {
          return try budget.spend(memory: .max)
        }
        order.append(UInt32(node))
        places[node] = UInt32(order.count)
        continue
      }
      guard let node = part.node, places[node] == 0 || places[node] == Self.open else { continue }
      guard places[node] == 0 else {
        throw CodecError(.malformed, "The pickle has a value that contains itself, which cannot be written out.")
      }
      guard path.count <= limits.depth else { throw PickleMeasure.tooLarge("is nested deeper than \(limits.depth)") }
      places[node] = Self.open
      path.append((node, store.parts(of: node)))
    }
  }

  /// The memory of the parts, and of where they are in the order.
  private var held: Int { store.memory + store.nodes.count * MemoryLayout<UInt32>.stride }

  /// What a node takes while it is measured: that, and its place in the order, whose array may be twice as long as it needs to be.
  private static let nodeMemory = MemoryLayout<PickleMeasure.Packed>.stride + 2 * MemoryLayout<UInt32>.stride

  /// Counts what is written once at least, however often it is used: so a value that is too long is told before all of it is seen.
  private mutating func spend(text bytes: Int) throws(CodecError) {
    leastText += bytes
    guard leastText - 1 <= budget.text else { return try budget.spend(text: .max) }
  }

  /// What a part adds to what holds it.
  private mutating func part(_ item: PickleItem) throws(CodecError) -> PickleMeasure {
    if let node = item.node { return measures[Int(places[node]) - 1].measure }
    guard let place = item.place else { return PickleMeasure(.null) }
    return try scalar(at: place)
  }

  private mutating func scalar(at place: Int) throws(CodecError) -> PickleMeasure {
    let content = try PickleContent(in: message, at: place)
    let measure = PickleMeasure(content)
    try spend(text: measure.text)
    try budget.spend(memory: content.memory)
    return measure
  }

  /// Counts depth, parts and bytes with every use of a part, and the memory without.
  private mutating func measure(_ node: Int) throws(CodecError) -> PickleMeasure {
    let entry = store.nodes[node]
    switch entry.kind {
    case .scalar: return try scalar(at: entry.first)
    case .bytes, .byteArray:
      let size = try PickleBuilder.octets(of: entry, message, store).count
      try spend(text: 2 * size)
      try budget.spend(memory: ValueMemory.content(size))
      return PickleMeasure(content: size, text: 2 * size + (entry.kind == .bytes ? 7 : 11))
    case .object: return try measure(store.objects[entry.first])
    case .tuple, .frozenSet, .list, .set, .map: return try measure(container: node, entry.kind)
    }
  }

  private mutating func measure(container node: Int, _ kind: PickleNode.Kind) throws(CodecError) -> PickleMeasure {
    var total = PickleMeasure()
    var parts = store.parts(of: node)
    var count = 0
    let isKeyed = kind == .set || kind == .frozenSet || kind == .map
    while let item = store.next(&parts) {
      try total.add(part(item), limits, messageSize: message.count)
      if isKeyed && (kind != .map || count.isMultiple(of: 2)) {
        let isKept = item.node.map { !store.isShort($0, in: message) } ?? false
        let places = kind == .map ? ContentIdentity.dictionaryMemory : ContentIdentity.setMemory
        try budget.spend(memory: places + (isKept ? ContentIdentity.dictionaryMemory : 0))
      }
      count += 1
    }
    try budget.spend(memory: ValueMemory.container(slots: count))
    let shown = kind == .map ? count / 2 : count
    let text = kind.tokenName.utf8.count + String(shown).utf8.count + 2
    total.text += text
    try spend(text: text)
    return total
  }

  private mutating func measure(_ object: PickleObject) throws(CodecError) -> PickleMeasure {
    let name = Int(store.names[Int(object.name)].length)
    if countedNames.insert(object.name).inserted { try budget.spend(memory: ValueMemory.content(name) + 64) }
    try budget.spend(memory: ValueMemory.object)
    var total = PickleMeasure(content: name, text: "object:,".utf8.count + 2 * name)
    try total.add(part(object.arguments), limits, messageSize: message.count)
    var several = PickleMeasure()
    var only = PickleMeasure(.null)
    var states = store.states(of: object)
    var count = 0
    while let state = store.next(&states) {
      only = try part(state)
      try several.add(only, limits, messageSize: message.count)
      count += 1
    }
    several.text += "tuple:,".utf8.count + String(count).utf8.count
    try budget.spend(memory: count > 1 ? ValueMemory.container(slots: count) : 0)
    try total.add(count > 1 ? several : only, limits, messageSize: message.count)
    return total
  }
}

extension PickleNode.Kind {
  /// The name of a container in ``Value/tokens``.
  fileprivate var tokenName: String {
    switch self {
    case .frozenSet: "frozenset"
    case .tuple: "tuple"
    case .list: "list"
    case .set: "set"
    default: "map"
    }
  }
}
