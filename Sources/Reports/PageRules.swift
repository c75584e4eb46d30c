import Journal

/// What the page tells of the protocol's rules and of what to do about failures: each text is written once.
struct PageRules: Encodable {
  struct Rule: Encodable {
    var id: String
    /// The page and the line: `protocol/values.md:12`.
    var place: String
    var section: String
    var text: String
    var untestable: String?
    var state: RuleCoverage.State
    var cases: Int
    var passed: Int
    var failed: Int
    var broken: Int
    var notRun: Int
  }

  struct StateWords: Encodable {
    var name: RuleCoverage.State
    var title: String
  }

  private(set) var rules: [Rule]
  let states = RuleCoverage.State.allCases.map { StateWords(name: $0, title: $0.title) }
  /// The sentences that say what to do about a failure.
  private(set) var advice: [String] = []
  /// For each case the rule that its failure breaks: 0 for none, 1 is the first.
  private(set) var broken: [Int] = []
  /// For each case what to do about its failure: 0 for nothing, 1 is the first sentence.
  private(set) var next: [Int] = []

  /// There are some hundred rules; a journal of another origin may have any number.
  private static let shownRules = 1000
  private static let shownAdvice = 1000
  private static let longestText = 500

  init(_ run: WholeRun) {
    rules = run.coverage.rows.prefix(Self.shownRules).map { row in
      let place = row.rule.line > 0 ? "\(row.rule.page):\(row.rule.line)" : row.rule.page
      return Rule(
        id: Self.short(row.rule.id), place: Self.short(place),
        section: Self.short(row.rule.section), text: Self.short(row.rule.text),
        untestable: row.rule.untestable.map(Self.short), state: row.state, cases: row.caseCount,
        passed: row.passedCount, failed: row.failedCount, broken: row.brokenCount, notRun: row.notRunCount)
    }
    let rulePlaces = Dictionary(rules.indices.map { (run.coverage.rows[$0].rule.id, $0) }) { first, _ in first }
    var advicePlaces: [String: Int] = [:]
    for record in run.cases {
      broken.append(record.failure?.rule.flatMap { rulePlaces[$0.id] }.map { $0 + 1 } ?? 0)
      let words = record.failure?.advice
      if let words, advicePlaces[words] == nil, advice.count < Self.shownAdvice {
        advice.append(Self.short(words))
        advicePlaces[words] = advice.count
      }
      next.append(words.flatMap { advicePlaces[$0] } ?? 0)
    }
  }

  private static func short(_ text: String) -> String { String(text.prefix(longestText)) }
}
