// Lists, tuples, sets and maps.
extension PickleMachine {
  mutating func makeContainer(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .emptyTuple: try push(.tuple)
    case .tuple1: try push(.tuple, pop(1))
    case .tuple2: try push(.tuple, pop(2))
    case .tuple3: try push(.tuple, pop(3))
    case .tuple: try push(.tuple, popToMark())
    case .emptyList: try push(.list)
    case .list: try push(.list, popToMark())
    case .emptyDict: try push(.map)
    case .dict: try push(.map, pairs(popToMark()))
    case .emptySet: try push(.set)
    default: try push(.frozenSet, popToMark())
    }
  }

  /// Adds to what lies on the stack below the items.
  mutating func fillContainer(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .append: try add(pop(1), to: .list, change: .items)
    case .appends: try add(popToMark(), to: .list, change: .items)
    case .setItem: try add(pop(2), to: .map, change: .entries)
    case .setItems: try add(pairs(popToMark()), to: .map, change: .entries)
    default: try add(popToMark(), to: .set, change: .items)
    }
  }

  private func pairs(_ items: [PickleItem]) throws(CodecError) -> [PickleItem] {
    guard items.count.isMultiple(of: 2) else {
      throw malformed("a map before byte \(reader.position) has a key without a value")
    }
    return items
  }

  private mutating func add(
    _ items: [PickleItem], to expected: PickleNode.Kind, change: PickleChange.Kind
  ) throws(CodecError) {
    guard case .node(let index) = try top() else { throw cannotGrow() }
    switch (nodes[index].kind, expected) {
    case (.list, .list), (.map, .map), (.set, .set): nodes[index].items += items
    case (.object(let object), _): objects[object].append(items, as: change)
    default: throw cannotGrow()
    }
  }

  private func cannotGrow() -> CodecError {
    malformed("an instruction before byte \(reader.position) adds to what cannot grow so")
  }
}

extension PickleObject {
  /// Items that follow items, and entries that follow entries, become one change.
  mutating func append(_ items: [PickleItem], as kind: PickleChange.Kind) {
    if items.isEmpty { return }
    if let last = changes.indices.last, changes[last].kind == kind {
      changes[last].items += items
    } else {
      changes.append(PickleChange(kind: kind, items: items))
    }
  }
}
