import Journal

/// One part of a plan, for one of several machines.
package struct Shard: Equatable, Sendable {
  /// The number of the shard, 1 to ``count``.
  package let index: Int
  /// The number of shards, 1 to ``most``.
  package let count: Int

  /// The largest number of shards.
  package static let most = 10_000

  /// Creates a shard.
  ///
  /// - Throws: a usage error for a number out of range.
  package init(index: Int, count: Int) throws(HarnessError) {
    guard (1...Self.most).contains(count), (1...count).contains(index) else {
      throw HarnessError(
        "There is no shard \(index)/\(count): shards are counted from 1, and there are 1 to \(Self.most).",
        isUsage: true)
    }
    self.index = index
    self.count = count
  }

  /// Parses a shard such as `2/8`, or gets it from the environment for `auto`.
  ///
  /// - Throws: a usage error that shows the valid forms.
  package init(_ text: String, environment: [String: String]) throws(HarnessError) {
    if text == "auto" {
      self = try ShardEnvironment(environment).shard()
      return
    }
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else {
      throw HarnessError("\"\(text)\" is no shard; give one of several, such as 2/8, or auto.", isUsage: true)
    }
    try self.init(index: index, count: count)
  }
}

extension Shard: CustomStringConvertible {
  /// The shard as text, such as `2/8`.
  package var description: String { "\(index)/\(count)" }
}

extension Plan {
  /// The part of the plan that a shard runs.
  ///
  /// The same plan and costs give the same parts on every machine: only names and costs count, not what is installed.
  /// Every case is in exactly one part.
  ///
  /// - Parameters:
  ///   - shard: the shard.
  ///   - costs: the costs of an earlier run; without them all cases count the same.
  /// - Returns: the part, in the plan's order.
  package func part(_ shard: Shard, costs: CaseCosts? = nil) -> Plan {
    let places = split(into: shard.count, costs: costs)
    var part = Plan(entries: zip(entries, places).filter { $0.1 == shard.index - 1 }.map(\.0))
    part.part = Part(
      shard: ShardRecord(index: shard.index, count: shard.count, costs: costs?.digest), wholeCount: entries.count,
      wholeDigest: digest)
    return part
  }

  /// The shard of each case, counted from 0, in the order of the entries.
  package func split(into count: Int, costs: CaseCosts?) -> [Int] {
    // Adjacent cases have similar costs, so round-robin distributes them evenly.
    guard let costs else { return entries.indices.map { $0 % count } }
    let weights = entries.map { costs.microseconds($0.name) }
    // The most expensive first, each to the least loaded shard: at most a third worse than the optimum.
    let order = entries.indices.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }
    var heap = LeastLoaded(count: count)
    var places = [Int](repeating: 0, count: entries.count)
    for index in order { places[index] = heap.add(weights[index]) }
    return places
  }
}

/// A heap of shards by load, the least loaded first; among equals the lower number.
private struct LeastLoaded {
  private var heap: [(load: Int, shard: Int)]

  init(count: Int) { heap = (0..<count).map { (0, $0) } }

  /// Adds a case to the least loaded shard; returns the shard's number.
  mutating func add(_ cost: Int) -> Int {
    let shard = heap[0].shard
    heap[0].load += cost
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[parent] else { return shard }
      heap.swapAt(least, parent)
      parent = least
    }
  }
}
