/// Which part of a plan a run carries out.
public struct ShardRecord: Equatable, Codable, Sendable {
  /// The number of the shard, 1 to ``count``.
  public var index: Int
  /// How many shards there are.
  public var count: Int
  /// A digest of the costs by which the plan was split; nil if it was split by count.
  public var costs: String?

  /// Describes a shard.
  public init(index: Int, count: Int, costs: String? = nil) {
    self.index = index
    self.count = count
    self.costs = costs
  }
}

extension ShardRecord: CustomStringConvertible {
  /// Such as `2/8`.
  public var description: String { "\(index)/\(count)" }
}
