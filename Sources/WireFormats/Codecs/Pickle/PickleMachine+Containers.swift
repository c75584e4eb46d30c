// Lists, tuples, sets and maps.
extension PickleMachine {
  mutating func makeContainer(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .tuple1: try collect(.tuple, from: top(1))
    case .tuple2: try collect(.tuple, from: top(2))
    case .tuple3: try collect(.tuple, from: top(3))
    case .tuple: try collect(.tuple, from: takeMark())
    case .emptyList: try collect(.list, from: stack.count)
    case .list: try collect(.list, from: takeMark())
    case .emptyDict: try collect(.map, from: stack.count)
    case .dict: try collect(.map, from: pairs(takeMark()))
    case .emptySet: try collect(.set, from: stack.count)
    default: try collect(.frozenSet, from: takeMark())
    }
  }

  /// Adds to what lies on the stack below the items.
  mutating func fillContainer(_ opcode: PickleOpcode) throws(CodecError) {
    switch opcode {
    case .append: try add(from: top(1), to: .list)
    case .appends: try add(from: takeMark(), to: .list)
    case .setItem: try add(from: top(2), to: .map)
    case .setItems: try add(from: pairs(takeMark()), to: .map)
    default: try add(from: takeMark(), to: .set)
    }
  }

  private func pairs(_ place: Int) throws(CodecError) -> Int {
    guard (stack.count - place).isMultiple(of: 2) else {
      throw malformed("a map before byte \(reader.position) has a key without a value")
    }
    return place
  }

  private mutating func add(from place: Int, to expected: PickleNode.Kind) throws(CodecError) {
    let count = stack.count - place
    guard let index = stack[try top(count + 1)].node else { throw cannotGrow() }
    let node = store.nodes[index]
    if node.kind == expected {
      store.grow(index, stack[place...])
    } else if node.kind == .object {
      // Members that are added to an object are items too.
      store.grow(object: node.first, expected == .map ? .map : .list, stack[place...])
    } else {
      throw cannotGrow()
    }
    drop(from: place)
  }

  private func cannotGrow() -> CodecError {
    malformed("an instruction before byte \(reader.position) adds to what cannot grow so")
  }
}

extension PickleStore {
  /// Adds items, or keys and values, to an object: those that follow their like go to the same list or map.
  fileprivate mutating func grow(object: Int, _ kind: PickleNode.Kind, _ content: ArraySlice<PickleItem>) {
    if content.isEmpty { return }
    let last = Int(objects[object].growing) - 1
    if last >= 0, nodes[last].kind == kind { return grow(last, content) }
    let item = add(kind, content)
    addState(object, item)
    objects[object].growing = UInt32(nodes.count)
  }
}
