package import Journal

/// What cases cost in an earlier run.
package struct CaseCosts: Sendable {
  private let costs: [CaseName: Int]
  private let usual: Int

  /// Takes the costs from the cases of a run.
  ///
  /// A case that was carried out several times counts with its mean. One that is not there, or was not tried, counts with the
  /// median of those that were.
  package init(_ records: [CaseRecord]) {
    var sums: [CaseName: (seconds: Double, count: Int)] = [:]
    for record in records where record.ownSeconds > 0 {
      let sum = sums[record.name] ?? (0, 0)
      sums[record.name] = (sum.seconds + record.ownSeconds, sum.count + 1)
    }
    // Whole microseconds, so that every machine adds them up to the same sum.
    costs = sums.mapValues { max(1, Int(($0.seconds / Double($0.count) * 1e6).rounded())) }
    let sorted = costs.values.sorted()
    usual = sorted.isEmpty ? 1 : sorted[sorted.count / 2]
  }

  /// What a case costs.
  package func microseconds(_ name: CaseName) -> Int { costs[name] ?? usual }

  /// A digest of the costs: shards that were split by different costs do not fit together.
  package var digest: String {
    var digest = Digest()
    let lines = costs.map { "\($0.key) \($0.value)" }.sorted()
    for line in lines { digest.add(line) }
    return digest.text
  }
}
