package import Journal

/// The time that each case took in an earlier run.
package struct CaseCosts: Sendable {
  private let costs: [CaseName: Int]
  private let usual: Int

  /// Computes the costs from the records of a run.
  ///
  /// A case that ran several times costs the mean. A case that did not run costs the median of all that did.
  package init(_ records: [CaseRecord]) {
    var sums: [CaseName: (seconds: Double, count: Int)] = [:]
    for record in records where record.ownSeconds > 0 {
      let sum = sums[record.name] ?? (0, 0)
      sums[record.name] = (sum.seconds + record.ownSeconds, sum.count + 1)
    }
    // Whole microseconds, so that every machine computes the same sums.
    costs = sums.mapValues { max(1, Int(($0.seconds / Double($0.count) * 1e6).rounded())) }
    let sorted = costs.values.sorted()
    usual = sorted.isEmpty ? 1 : sorted[sorted.count / 2]
  }

  /// The cost of a case in microseconds.
  package func microseconds(_ name: CaseName) -> Int { costs[name] ?? usual }

  /// A digest of the costs; shards that were split by different costs cannot be merged.
  package var digest: String {
    var digest = Digest()
    let lines = costs.map { "\($0.key) \($0.value)" }.sorted()
    for line in lines { digest.add(line) }
    return digest.text
  }
}
