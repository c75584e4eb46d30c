import Foundation
public import Journal

/// What has changed from one run to another.
///
/// Pure: it knows the two journals' cases and nothing else.
///
/// ```swift
/// let comparison = RunComparison(old: oldRecords, new: newRecords)
/// if comparison.isRegression { … }
/// ```
public struct RunComparison: Equatable, Sendable {
  /// A case and what it ended in, in both runs.
  public struct Change: Equatable, Sendable {
    /// The case.
    public var name: CaseName
    /// What it ended in before; nil if it was not there.
    public var old: Outcome?
    /// What it ends in now; nil if it is not there.
    public var new: Outcome?
    /// Why, as far as the new run says: the failure's blame and what was seen, or the reason.
    public var why: String?
  }

  /// A case that takes longer.
  public struct Slowdown: Equatable, Sendable {
    /// The case.
    public var name: CaseName
    /// How long it took before, in seconds, on the new run's machine: multiplied by ``RunComparison/pace``.
    public var old: Double
    /// How long it takes now, in seconds.
    public var new: Double
    /// How many times longer.
    public var factor: Double { new / old }
  }

  /// Cases that fail, or pass against the baseline, and did not before; they may be new.
  public private(set) var newlyFailing: [Change] = []
  /// Cases that pass, and did not before: they failed, or were expected to.
  public private(set) var newlyPassing: [Change] = []
  /// Cases that passed, and are now not run, unsupported, or not there.
  public private(set) var lost: [Change] = []
  /// Cases that passed, and now fail as the baseline expects.
  public private(set) var newlyKnown: [Change] = []
  /// Cases that were not there, and do not fail.
  public private(set) var added: [Change] = []
  /// Cases that are not there any more, and did not pass.
  public private(set) var removed: [Change] = []
  /// Cases that take longer by more than noise, the worst first.
  public private(set) var slower: [Slowdown] = []
  /// How many cases are in both runs.
  public private(set) var commonCount = 0
  /// The median of how many times longer cases take: what the machine, and not a case, contributes.
  public private(set) var pace = 1.0

  /// Compares the cases of two runs.
  ///
  /// A case that was carried out several times counts with its worst outcome and its median time.
  public init(old: [CaseRecord], new: [CaseRecord]) {
    let old = Self.byName(old)
    let new = Self.byName(new)
    for name in Set(old.keys).union(new.keys).sorted(by: { $0.description < $1.description }) {
      if old[name] != nil, new[name] != nil { commonCount += 1 }
      add(Change(name: name, old: old[name]?.outcome, new: new[name]?.outcome, why: new[name]?.why))
    }
    let noise = Noise(old, new)
    pace = noise.pace
    slower = noise.slowdowns
  }

  /// Whether the new run is worse: something fails that did not, or something that passed is lost.
  public var isRegression: Bool { !newlyFailing.isEmpty || !lost.isEmpty }

  /// Whether there is nothing to tell.
  public var isEmpty: Bool {
    [newlyFailing, newlyPassing, lost, newlyKnown, added, removed].allSatisfy(\.isEmpty) && slower.isEmpty
  }

  private mutating func add(_ change: Change) {
    switch (change.old, change.new) {
    case (let old, .failed?), (let old, .unexpected?):
      if old != .failed && old != .unexpected { newlyFailing.append(change) }
    case (nil, _): added.append(change)
    case (.passed?, .expected?): newlyKnown.append(change)
    case (.passed?, nil), (.passed?, .notRun?), (.passed?, .unsupported?): lost.append(change)
    case (_, nil): removed.append(change)
    case (.failed?, .passed?), (.unexpected?, .passed?), (.expected?, .passed?): newlyPassing.append(change)
    default: break
    }
  }

  /// What is known of a case in a run.
  struct Summary {
    var outcome: Outcome
    var times: [Double] = []
    var why: String?

    /// The median time of the tries; nil if there was none that passed.
    var seconds: Double? { outcome == .passed ? Noise.median(times.filter { $0 > 0 }) : nil }
  }

  private static let severity: [Outcome] = [.passed, .expected, .unsupported, .notRun, .unexpected, .failed]

  private static func byName(_ records: [CaseRecord]) -> [CaseName: Summary] {
    var cases: [CaseName: Summary] = [:]
    for record in records {
      var summary = cases[record.name] ?? Summary(outcome: record.outcome)
      let worse = severity.firstIndex(of: record.outcome) ?? 0 > severity.firstIndex(of: summary.outcome) ?? 0
      if worse { summary.outcome = record.outcome }
      summary.times.append(record.ownSeconds)
      if worse || summary.why == nil {
        summary.why = record.failure.map { "\($0.blame.rawValue): \($0.seen)" } ?? record.reason
      }
      cases[record.name] = summary
    }
    return cases
  }
}

/// Tells a slower case from a slower machine and from chance.
///
/// The ratio of the new time to the old one has a median over all cases, the *pace*: another machine, or a busy one, changes all cases
/// alike. How far the ratios scatter about the pace, and the times about what the pace makes of them, is taken from their median
/// absolute deviations, which a few cases that are really slower cannot move. A case is slower if it is both
///
/// - ``leastFactor`` times as long as the pace makes it, and beyond ``deviations`` deviations of the ratios; and
/// - ``leastSeconds`` longer, beyond ``deviations`` deviations of the times, and by more than chance has made other cases quicker: a
///   busy machine delays a few cases very much, in either run alike. The one that became quickest is left out,
///   since it may be quicker indeed.
struct Noise {
  /// The least factor that counts.
  static let leastFactor = 2.0
  /// The least difference that counts, in seconds.
  static let leastSeconds = 0.02
  /// How many standard deviations are chance.
  static let deviations = 4.0
  /// Fewer cases than this have no pace of their own, and do not tell how they scatter.
  static let fewCases = 8

  private(set) var pace = 1.0
  private(set) var slowdowns: [RunComparison.Slowdown] = []

  init(_ old: [CaseName: RunComparison.Summary], _ new: [CaseName: RunComparison.Summary]) {
    var times: [(name: CaseName, old: Double, new: Double)] = []
    for (name, summary) in new {
      guard let now = summary.seconds, let before = old[name]?.seconds else { continue }
      times.append((name, before, now))
    }
    if times.count >= Self.fewCases { pace = Self.median(times.map { $0.new / $0.old }) ?? 1 }
    let pace = pace
    let factors = times.map { log($0.new / ($0.old * pace)) }
    let differences = times.map { $0.new - $0.old * pace }
    // Few cases do not tell how they scatter.
    let deviations = times.count >= Self.fewCases ? Self.deviations : 0
    let factorBound = max(log(Self.leastFactor), deviations * Self.deviation(factors))
    let quicker = differences.map { -$0 }.sorted(by: >)
    let chance = times.count >= Self.fewCases ? quicker[1] : 0
    let secondsBound = max(Self.leastSeconds, deviations * Self.deviation(differences), chance)
    for (index, time) in times.enumerated() where factors[index] >= factorBound && differences[index] >= secondsBound {
      slowdowns.append(.init(name: time.name, old: time.old * pace, new: time.new))
    }
    slowdowns.sort { ($0.new - $0.old, $1.name.description) > ($1.new - $1.old, $0.name.description) }
  }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The standard deviation about zero as the median says it: 1.4826 times the median distance, for a normal distribution.
  private static func deviation(_ values: [Double]) -> Double { 1.4826 * (median(values.map { abs($0) }) ?? 0) }
}
