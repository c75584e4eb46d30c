import BigInt

/// The parts that a pickle has made, which becomes a value once it is known to be finite and of bearable size.
struct PickleGraph {
  var nodes: [PickleNode]
  let objects: [PickleObject]
  let limits: PickleLimits

  /// Makes the value.
  ///
  /// A part that is used several times is made once.
  mutating func value(of item: PickleItem) throws(CodecError) -> Value {
    guard case .node(let root) = item else {
      guard case .value(let value) = item else { return .null }
      return value
    }
    let objectNodes = nodes.indices.filter { index in if case .object = nodes[index].kind { true } else { false } }
    for index in objectNodes { settle(index) }
    let order = try partsFirst(from: root)
    try measure(order)
    var builder = PickleBuilder(nodes: nodes, objects: objects)
    for index in order { try builder.build(index) }
    return builder.value(of: item)
  }

  /// Gives an object's node its two items: the arguments and the state.
  private mutating func settle(_ index: Int) {
    guard case .object(let number) = nodes[index].kind else { return }
    let object = objects[number]
    var states: [PickleItem] = []
    for change in object.changes {
      switch change.kind {
      case .state: states += change.items
      case .items: states.append(add(.list, change.items))
      case .entries: states.append(add(.map, change.items))
      }
    }
    let state = states.count > 1 ? add(.tuple, states) : states.first
    nodes[index].items = [object.arguments ?? .value(.null), state ?? .value(.null)]
  }

  private mutating func add(_ kind: PickleNode.Kind, _ items: [PickleItem]) -> PickleItem {
    nodes.append(PickleNode(kind: kind, items: items))
    return .node(nodes.count - 1)
  }

  /// The nodes that a value consists of, each behind its parts.
  ///
  /// - Throws: `malformed` if a node is a part of itself.
  private func partsFirst(from root: Int) throws(CodecError) -> [Int] {
    enum Progress { case untouched, open, done }
    var progress = [Progress](repeating: .untouched, count: nodes.count)
    var order: [Int] = []
    // Not a recursion, since a circle may be longer than the stack is deep.
    var path = [(node: root, next: 0)]
    progress[root] = .open
    while let (node, next) = path.last {
      guard next < nodes[node].items.count else {
        progress[node] = .done
        order.append(node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next = next + 1
      guard case .node(let part) = nodes[node].items[next], progress[part] != .done else { continue }
      guard progress[part] == .untouched else {
        throw CodecError(.malformed, "The pickle has a value that contains itself, which cannot be written out.")
      }
      progress[part] = .open
      path.append((part, 0))
    }
    return order
  }

  /// Counts depth, parts and bytes with every use of a part.
  private func measure(_ order: [Int]) throws(CodecError) {
    var measures = [Measure](repeating: Measure(), count: nodes.count)
    for index in order {
      var total = Measure()
      for item in nodes[index].items {
        switch item {
        case .value(let value): total.add(Measure(content: value.contentSize))
        case .node(let part): total.add(measures[part])
        }
        // Checked at each item: no sum can overflow.
        guard total.parts <= limits.parts else { throw tooLarge("has more than \(limits.parts) parts") }
        guard total.content <= limits.content else { throw tooLarge("has more than \(limits.content) bytes") }
      }
      if case .object(let object) = nodes[index].kind { total.content += objects[object].name.utf8.count }
      guard total.depth <= limits.depth else { throw tooLarge("is nested deeper than \(limits.depth)") }
      measures[index] = total
    }
  }

  private func tooLarge(_ what: String) -> CodecError {
    CodecError(.tooLarge, "The value of the pickle \(what).")
  }

  private struct Measure {
    var depth = 0
    var parts = 1
    var content = 0

    /// Takes in a part.
    mutating func add(_ part: Measure) {
      depth = max(depth, part.depth + 1)
      parts += part.parts
      content += part.content
    }
  }
}

extension Value {
  /// The bytes of a value without parts.
  fileprivate var contentSize: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .bytes(let bytes), .byteArray(let bytes): bytes.count
    case .int(let number): number.bitWidth / 8
    default: 1
    }
  }
}
