public import Journal

/// The rules of the adapter protocol, and what a run says of each.
///
/// Empty for journals before version 3, which name no rules. Its memory grows with the rules, not with the cases.
///
/// ```swift
/// var coverage = RuleCoverage()
/// try JournalFile.read(path) { coverage.add($0) }
/// for row in coverage.rows where row.state == .broken { print(row.rule.quotation) }
/// ```
public struct RuleCoverage: Equatable, Sendable {
  /// What a run says of a rule.
  public enum State: String, CaseIterable, Codable, Sendable {
    /// A case failed because of the rule.
    case broken
    /// A case that checks the rule passed, and none failed because of it.
    case passed
    /// Cases that check the rule failed because of something else, and none passed.
    case failed
    /// The cases that check the rule are unsupported or were not run.
    case notRun = "not-run"
    /// No case of the run checks the rule.
    case unchecked
    /// No check can test the rule.
    case untestable
  }

  /// A rule, and how the cases ended that check it.
  public struct Row: Equatable, Sendable {
    /// The rule.
    public var rule: RuleRecord
    /// How many cases that check the rule ended in what.
    public fileprivate(set) var counts: [Outcome: Int] = [:]
    /// How many cases failed because of the rule; they need not be among those that check it.
    public fileprivate(set) var brokenCount = 0

    /// How many cases check the rule.
    public var caseCount: Int { counts.values.reduce(0, +) }
    /// How many of them passed.
    public var passedCount: Int { self[.passed] + self[.unexpected] }
    /// How many of them failed, whatever the reason.
    public var failedCount: Int { self[.failed] + self[.expected] }
    /// How many of them are unsupported or were not run.
    public var notRunCount: Int { self[.unsupported] + self[.notRun] }

    /// What the run says of the rule.
    public var state: State {
      if brokenCount > 0 { return .broken }
      if passedCount > 0 { return .passed }
      if failedCount > 0 { return .failed }
      if notRunCount > 0 { return .notRun }
      return rule.untestable == nil ? .unchecked : .untestable
    }

    private subscript(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }
  }

  /// The rules in the order of the protocol's list; a rule that only a failure names comes last.
  public private(set) var rows: [Row] = []
  private var places: [String: Int] = [:]

  /// Knows no rules yet.
  public init() {}

  /// Knows some rules, and no case yet.
  public init(rules: [RuleRecord]) {
    for rule in rules { _ = place(of: rule) }
  }

  /// Takes the next event.
  public mutating func add(_ event: Event) {
    switch event {
    case .runStarted(let start):
      for rule in start.rules ?? [] { _ = place(of: rule) }
    case .caseEnded(let record): add(record)
    default: break
    }
  }

  /// Counts a case for each rule that it checks, and for the one that it shows to be broken.
  public mutating func add(_ record: CaseRecord) {
    for id in record.rules ?? [] {
      guard let place = places[id] else { continue }
      rows[place].counts[record.outcome, default: 0] += 1
    }
    if let rule = record.failure?.rule { rows[place(of: rule)].brokenCount += 1 }
  }

  /// How many rules are in a state.
  public func count(_ state: State) -> Int { rows.count { $0.state == state } }

  private mutating func place(of rule: RuleRecord) -> Int {
    if let place = places[rule.id] { return place }
    places[rule.id] = rows.count
    rows.append(Row(rule: rule))
    return rows.count - 1
  }
}

extension RuleCoverage.State {
  /// What people read.
  var title: String {
    switch self {
    case .broken: "broken"
    case .passed: "passed"
    case .failed: "failed for another reason"
    case .notRun: "not run"
    case .unchecked: "not checked"
    case .untestable: "not testable"
    }
  }
}
