import Foundation
public import Journal

/// What a report needs of a run, gathered event by event.
///
/// Its memory grows with the matrix's cells and the failures, not with the cases.
public struct RunSummary: Sendable {
  /// How the cases of one channel and pair ended.
  public struct Cell: Equatable, Sendable {
    /// How many ended in what.
    public var counts: [Outcome: Int] = [:]

    /// A cell without cases.
    public init() {}

    /// The sum of some cells.
    init(sumOf cells: [Cell]) {
      for cell in cells { counts.merge(cell.counts, uniquingKeysWith: +) }
    }

    /// How many cases there are.
    public var total: Int { counts.values.reduce(0, +) }

    /// The number that ended in an outcome.
    public subscript(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }
  }

  /// How the run began; nil before it did.
  public private(set) var start: RunStart?
  /// How it ended; nil if the journal is cut off.
  public private(set) var end: RunEnd?
  /// The adapters, in order.
  public private(set) var adapters: [AdapterRecord] = []
  /// How many cases ended in what.
  public private(set) var tally = Tally()
  /// The cells of the matrix by channel and pair.
  public private(set) var cells: [String: [String: Cell]] = [:]
  /// The channels in the order of their first case.
  public private(set) var channels: [String] = []
  /// The pairs, by name.
  public private(set) var pairs: [String] = []
  /// The cases that failed, or passed against the baseline.
  public private(set) var failures: [CaseRecord] = []
  /// The cases that are listed as flaky and did not pass at once, without their transcripts.
  public private(set) var flaky: [CaseRecord] = []
  /// How many cases that are listed as flaky passed at once.
  public private(set) var steadyCount = 0
  /// Why cases were unsupported or not run, with their number, in the order of their first case; what an adapter does not declare
  /// is not among them.
  public private(set) var reasons: [(outcome: Outcome, reason: String, count: Int)] = []
  /// What each adapter does not declare though cases need it, by the adapter's name.
  private(set) var lacksByAdapter: [String: AdapterLack] = [:]
  /// What should be known besides.
  public private(set) var notes: [String] = []
  /// The cases that were under way when the journal ended.
  public private(set) var underWay: Set<CaseName> = []
  /// Whether the journal ends before the run does.
  public private(set) var isCutOff = false
  /// How many planned cases a cut-off journal does not tell the end of.
  public private(set) var missingCount = 0
  private var smallCount = 0
  private var smallSeconds = 0.0

  /// Summarises nothing yet.
  public init() {}

  /// Takes the next event.
  public mutating func add(_ event: Event) {
    switch event {
    case .runStarted(let start):
      self.start = start
      tally.planned = start.planned
    // RuleCoverage counts them.
    case .rules: break
    case .adapter(let adapter): adapters.append(adapter)
    case .caseStarted(let name): underWay.insert(name)
    case .caseEnded(let record): add(record)
    case .note(let note): notes.append(note)
    case .runEnded(let end): self.end = end
    }
  }

  /// Accounts for what a cut-off journal does not tell: the cases without an end were not run, as far as anybody knows.
  public mutating func closeCutOff() {
    let missing = tally.planned - tally.ended
    isCutOff = end == nil
    guard missing > 0 else { return }
    missingCount = missing
    tally.add(.notRun, count: missing)
    count(.notRun, "the journal ends before these cases", missing)
  }

  /// The entries of the baseline that no case of the plan fits.
  public var stale: [BaselineEntryRecord] { start?.baseline?.stale ?? [] }

  /// Whether the run ended as it should: nothing failed or passed unexpectedly, nothing is missing, and no entry is stale.
  public var isGreen: Bool { tally.isGreen && stale.isEmpty }

  /// How many small cases were carried out each second, all workers together; nil if there were none.
  public var smallCasesPerSecond: Double? {
    guard smallSeconds > 0, let start else { return nil }
    return Double(smallCount) / smallSeconds * Double(start.jobs)
  }

  private mutating func add(_ record: CaseRecord) {
    underWay.remove(record.name)
    tally.add(record.outcome)
    if cells[record.name.channel] == nil { channels.append(record.name.channel) }
    if !pairs.contains(record.name.pair) {
      pairs.append(record.name.pair)
      // Numerically, so that python3.9 comes before python3.10.
      pairs.sort { $0.compare($1, options: .numeric) == .orderedAscending }
    }
    cells[record.name.channel, default: [:]][record.name.pair, default: Cell()].counts[record.outcome, default: 0] += 1
    if record.outcome == .failed || record.outcome == .unexpected { failures.append(record) }
    if let lack = record.lack, record.outcome == .unsupported {
      lacksByAdapter[lack.adapter, default: AdapterLack(adapter: lack.adapter)].add(lack)
    } else if let reason = record.reason, record.outcome != .failed {
      let place =
        record.outcome == .expected
        ? record.known?.first.map { " (\($0.place)\($0.link.map { ", \($0)" } ?? ""))" } : nil
      count(record.outcome, reason + (place ?? ""), 1)
    }
    add(record.flaky, record)
    if record.isSmall, record.outcome == .passed {
      smallCount += 1
      smallSeconds += record.seconds
    }
  }

  private mutating func add(_ flaky: FlakyRecord?, _ record: CaseRecord) {
    guard let flaky else { return }
    if flaky.failures.isEmpty {
      if record.outcome == .passed { steadyCount += 1 }
      return
    }
    var short = record
    short.transcript = nil
    self.flaky.append(short)
  }

  private mutating func count(_ outcome: Outcome, _ reason: String, _ count: Int) {
    if let index = reasons.firstIndex(where: { $0.outcome == outcome && $0.reason == reason }) {
      reasons[index].count += count
    } else {
      reasons.append((outcome, reason, count))
    }
  }
}
