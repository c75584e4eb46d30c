/// The parts that a pickle has made, in a few arrays: some 20 bytes for a part that may take one byte of the message.
struct PickleStore {
  private(set) var nodes = PickleChunks<PickleNode>()
  private(set) var items = PickleChunks<PickleItem>()
  private var segments = PickleChunks<PickleSegment>()
  var objects = PickleChunks<PickleObject>()
  private(set) var names = PickleChunks<PickleName>()

  /// The name `operator.call`, which every store has.
  static let callName: UInt32 = 0

  init() { names.append(PickleName(first: .absent, second: .absent, length: 13, role: .none)) }

  /// The memory that is in use.
  var memory: Int { nodes.memory + items.memory + segments.memory + objects.memory + names.memory }

  private mutating func add(_ node: PickleNode) -> PickleItem {
    nodes.append(node)
    return PickleItem(node: nodes.count - 1)
  }

  /// A part without parts that may be used several times.
  mutating func addScalar(at place: Int) -> PickleItem { add(PickleNode(.scalar, first: place)) }

  /// A node with items.
  mutating func add(_ kind: PickleNode.Kind, _ content: ArraySlice<PickleItem>) -> PickleItem {
    let start = items.count
    for item in content { items.append(item) }
    return add(kind, items: start..<items.count)
  }

  /// A node with items that are there already, and that others may have too.
  mutating func add(_ kind: PickleNode.Kind, items range: Range<Int>) -> PickleItem {
    let node = PickleNode(kind, first: range.lowerBound, second: range.count)
    guard node.canGrow else { return add(node) }
    guard !range.isEmpty else { return add(PickleNode(kind)) }
    segments.append(PickleSegment(start: UInt32(range.lowerBound), count: UInt32(range.count)))
    return add(PickleNode(kind, first: segments.count, second: segments.count))
  }

  /// A class or function, or what is made by one.
  mutating func add(_ object: PickleObject) -> PickleItem {
    objects.append(object)
    return add(PickleNode(.object, first: objects.count - 1))
  }

  /// A name; its index.
  mutating func add(_ name: PickleName) -> UInt32 {
    names.append(name)
    return UInt32(names.count - 1)
  }

  /// Adds items to a list, set or map.
  mutating func grow(_ node: Int, _ content: ArraySlice<PickleItem>) {
    var (first, last) = (UInt32(nodes[node].first), UInt32(nodes[node].second))
    extend(&first, &last, content)
    (nodes[node].first, nodes[node].second) = (Int(first), Int(last))
  }

  /// Adds a state to an object.
  mutating func addState(_ object: Int, _ state: PickleItem) {
    var (first, last) = (objects[object].firstState, objects[object].lastState)
    extend(&first, &last, [state])
    (objects[object].firstState, objects[object].lastState) = (first, last)
  }

  private mutating func extend(_ first: inout UInt32, _ last: inout UInt32, _ content: ArraySlice<PickleItem>) {
    if content.isEmpty { return }
    let start = items.count
    for item in content { items.append(item) }
    if last > 0 {
      let index = Int(last) - 1
      if Int(segments[index].start + segments[index].count) == start {
        segments[index].count += UInt32(content.count)
        return
      }
    }
    segments.append(PickleSegment(start: UInt32(start), count: UInt32(content.count)))
    if last > 0 { segments[Int(last) - 1].next = UInt32(segments.count) }
    last = UInt32(segments.count)
    if first == 0 { first = last }
  }

  /// The items of a node as one range, if they lie together.
  func range(of node: Int) -> Range<Int>? {
    let entry = nodes[node]
    guard entry.canGrow else { return entry.first..<(entry.first + entry.second) }
    guard entry.first > 0 else { return 0..<0 }
    guard entry.first == entry.second else { return nil }
    let segment = segments[entry.first - 1]
    return Int(segment.start)..<Int(segment.start + segment.count)
  }

  /// The parts of a node, for an object its arguments and states; bytes, and what is no node, have none.
  func parts(of node: Int) -> Parts {
    let entry = nodes[node]
    switch entry.kind {
    case .scalar, .bytes, .byteArray: return Parts()
    case .tuple, .frozenSet: return Parts(next: entry.first, end: entry.first + entry.second)
    case .list, .set, .map: return Parts(segment: entry.first)
    case .object:
      let object = objects[entry.first]
      return Parts(before: object.arguments, segment: Int(object.firstState))
    }
  }

  /// The number of a container's items.
  func count(of node: Int) -> Int {
    let entry = nodes[node]
    guard entry.canGrow else { return entry.second }
    var (count, next) = (0, entry.first)
    while next > 0 {
      count += Int(segments[next - 1].count)
      next = Int(segments[next - 1].next)
    }
    return count
  }

  /// The states of an object.
  func states(of object: PickleObject) -> Parts { Parts(segment: Int(object.firstState)) }

  /// How far the parts of a node have been gone through.
  struct Parts {
    fileprivate var before = PickleItem.absent
    fileprivate var next = 0
    fileprivate var end = 0
    fileprivate var segment = 0
  }

  /// The next part; nil behind the last.
  func next(_ parts: inout Parts) -> PickleItem? {
    if parts.before != .absent {
      defer { parts.before = .absent }
      return parts.before
    }
    if parts.next == parts.end {
      guard parts.segment > 0 else { return nil }
      let segment = segments[parts.segment - 1]
      parts.next = Int(segment.start)
      parts.end = Int(segment.start + segment.count)
      parts.segment = Int(segment.next)
    }
    defer { parts.next += 1 }
    return items[parts.next]
  }
}
