public import Journal

/// A run with every case: what the reports that list cases are made from.
///
/// Its memory grows with the cases, by a few hundred bytes each: the transcript of a case that passed is kept for one pair only,
/// the first of its suite, channel and scenario. Where the counts suffice, take ``RunSummary``.
public struct WholeRun: Sendable {
  /// The counts, and what there is to say of the run as a whole.
  public private(set) var summary = RunSummary()
  /// The cases that ended, in the order of their end.
  public private(set) var cases: [CaseRecord] = []
  /// The rules of the adapter protocol, and what the cases say of each; empty if no cases are kept.
  public private(set) var coverage = RuleCoverage()
  private let keepsCases: Bool
  /// Many cases check the same rules, and so share one array.
  private var ruleSets: Set<[String]> = []
  private var exemplars: Set<String> = []

  /// Knows nothing yet.
  ///
  /// - Parameter keepsCases: false where the counts and failures suffice; then there is nothing that grows with the cases.
  public init(keepsCases: Bool = true) { self.keepsCases = keepsCases }

  /// Takes the next event.
  public mutating func add(_ event: Event) {
    summary.add(event)
    guard keepsCases else { return }
    coverage.add(event)
    guard case .caseEnded(var record) = event else { return }
    if let rules = record.rules { record.rules = ruleSets.insert(rules).memberAfterInsert }
    if record.outcome == .passed, record.transcript != nil {
      let name = record.name
      if !exemplars.insert("\(name.suite)/\(name.channel)/\(name.scenario)").inserted { record.transcript = nil }
    }
    cases.append(record)
  }

  /// Accounts for what a cut-off journal does not tell.
  public mutating func closeCutOff() { summary.closeCutOff() }
}

extension CaseName {
  /// The writer's and the reader's adapter; an adapter's name has no `-`.
  var adapters: (writer: String, reader: String) {
    let names = pair.split(separator: "-", maxSplits: 1).map(String.init)
    return (names.first ?? "", names.dropFirst().first ?? "")
  }
}
