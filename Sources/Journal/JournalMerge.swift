/// Puts the journals of all shards of a run together into one.
///
/// ```swift
/// var merge = JournalMerge()
/// for path in paths { merge.add(try JournalMerge.Part(path)) }
/// guard merge.problems.isEmpty else { … }
/// for event in merge.events { … }
/// ```
public struct JournalMerge: Sendable {
  /// The journal of one shard.
  public struct Part: Sendable {
    /// The path, for messages.
    public var path: String
    /// What happened.
    public var events: [Event]
    /// Whether it ends as a run ends.
    public var isWhole: Bool

    /// Takes what happened.
    public init(path: String, events: [Event], isWhole: Bool) {
      self.path = path
      self.events = events
      self.isWhole = isWhole
    }

    /// Reads a journal.
    ///
    /// - Throws: ``JournalFile/Failure`` for what is no journal.
    public init(_ path: String) throws {
      var events: [Event] = []
      let isWhole = try JournalFile.read(path) { events.append($0) }
      self.init(path: path, events: events, isWhole: isWhole && events.contains(where: \.isRunEnd))
    }

    var start: RunStart? {
      if case .runStarted(let start) = events.first { start } else { nil }
    }
  }

  private var parts: [Part] = []

  /// Merges nothing yet.
  public init() {}

  /// Takes one more journal.
  public mutating func add(_ part: Part) { parts.append(part) }

  /// What does not fit, each a sentence with its cure; empty if the journals are the shards of one run.
  public var problems: [String] { contradictions + gaps }

  /// What keeps the journals from belonging to one run.
  public var contradictions: [String] {
    guard let first = parts.first, let start = first.start else { return ["There is nothing to merge."] }
    var problems: [String] = []
    for part in parts {
      guard let other = part.start, let shard = other.shard else {
        problems.append("\(part.path) is no shard: its run had no --shard.")
        continue
      }
      for (what, one, two) in Self.conditions(start, other) where one != two {
        problems.append(
          "\(part.path) does not fit \(first.path): its \(what) is \(two), and that of the other is \(one).")
      }
      if !(1...max(1, shard.count)).contains(shard.index) {
        problems.append("\(part.path) says that it is shard \(shard), which cannot be.")
      }
    }
    guard problems.isEmpty else { return problems }
    let byIndex = Dictionary(grouping: parts) { $0.start?.shard?.index ?? 0 }
    for (index, same) in byIndex.sorted(by: { $0.key < $1.key }) where same.count > 1 {
      let paths = same.map(\.path).joined(separator: " and ")
      problems.append("Shard \(index) is there \(same.count) times: \(paths). Leave out all but one.")
    }
    return problems.isEmpty ? doubledCases + miscounts : problems
  }

  /// What is missing.
  public var gaps: [String] {
    guard let count = parts.first?.start?.shard?.count, (1...1_000_000).contains(count) else { return [] }
    let indices = Set(parts.compactMap { $0.start?.shard?.index })
    let missing = (1...count).filter { !indices.contains($0) }
    var problems =
      missing.isEmpty ? [] : ["Shard \(missing.map(String.init).joined(separator: ", ")) of \(count) is missing."]
    for part in parts where !part.isWhole {
      problems.append("\(part.path) is cut off: its run was killed, is still going on, or the disk was full.")
    }
    return problems
  }

  /// The events of the whole run.
  ///
  /// If something is missing, there is no end of the run among them: every report then says that the journal is cut off.
  public var events: [Event] {
    guard var start = parts.first?.start else { return [] }
    let starts = parts.compactMap(\.start)
    let ordered = parts.sorted { ($0.start?.shard?.index ?? 0) < ($1.start?.shard?.index ?? 0) }
    let missing = starts.compactMap(\.missingCount)
    start.missingCount = missing.isEmpty ? nil : missing.reduce(0, +)
    // A shard that is not here has cases too; how many of them need an adapter that is not installed, nobody knows.
    start.planned = ((start.wholeCount ?? 0) - (start.missingCount ?? 0)) * (start.repeatCount ?? 1)
    start.jobs = starts.map(\.jobs).reduce(0, +)
    start.date = starts.map(\.date).min() ?? start.date
    start.machine = Self.distinct(starts.map(\.machine)).joined(separator: "; ")
    start.shard = nil
    start.mergedCount = parts.count
    var (adapters, notes) = Self.adapters(ordered)
    if !gaps.isEmpty { notes.append("Merged although something is missing: \(gaps.joined(separator: " "))") }
    return [.runStarted(start)] + rules + adapters.map { .adapter($0) } + Self.interleaved(ordered)
      + notes.map { .note($0) }
      + (gaps.isEmpty ? [Self.end(ordered)] : [])
  }

  /// The rules, which are the same in all shards.
  private var rules: [Event] {
    parts.first.map { $0.events.filter { if case .rules = $0 { true } else { false } } } ?? []
  }

  /// What must be the same in all shards.
  private static func conditions(_ one: RunStart, _ two: RunStart) -> [(String, String, String)] {
    func words(_ value: (some CustomStringConvertible)?) -> String { value.map(\.description) ?? "not known" }
    return [
      ("version", words(one.version), words(two.version)),
      ("number of shards", words(one.shard?.count), words(two.shard?.count)),
      ("plan", words(one.planDigest), words(two.planDigest)),
      ("number of planned cases", words(one.wholeCount), words(two.wholeCount)),
      ("costs", one.shard?.costs ?? "none", two.shard?.costs ?? "none"),
      ("--repeat", words(one.repeatCount), words(two.repeatCount)),
      ("--fresh", words(one.isFresh), words(two.isFresh)),
      ("tap", words(one.isTapped), words(two.isTapped)),
      ("baseline", one.baseline?.digest ?? "none", two.baseline?.digest ?? "none"),
    ]
  }

  /// Cases that ended in more shards than one.
  private var doubledCases: [String] {
    var owners: [CaseName: Int] = [:]
    var problems: [String] = []
    for (number, part) in parts.enumerated() {
      for case .caseEnded(let record) in part.events {
        let owner = owners[record.name] ?? number
        owners[record.name] = owner
        if owner != number, problems.count < 5 {
          problems.append("\(record.name) is in \(parts[owner].path) and in \(part.path).")
        }
      }
    }
    return problems
  }

  /// Shards that together are not the whole plan, though each is whole.
  private var miscounts: [String] {
    guard gaps.isEmpty, let start = parts.first?.start else { return [] }
    let missing = parts.compactMap(\.start?.missingCount).reduce(0, +)
    let whole = ((start.wholeCount ?? 0) - missing) * (start.repeatCount ?? 1)
    let ended = parts.map { part in part.events.count { if case .caseEnded = $0 { true } else { false } } }.reduce(0, +)
    return ended == whole ? [] : ["The shards have \(ended) cases together, and the plan has \(whole)."]
  }

  /// Each adapter once; where the machines differ, with a note that says how.
  private static func adapters(_ parts: [Part]) -> (records: [AdapterRecord], notes: [String]) {
    var records: [AdapterRecord] = []
    var notes: [String] = []
    for part in parts {
      for case .adapter(let adapter) in part.events {
        guard let index = records.firstIndex(where: { $0.name == adapter.name }) else {
          records.append(adapter)
          continue
        }
        guard records[index] != adapter else { continue }
        let states = [records[index], adapter].map { $0.runtime ?? $0.problem ?? "not usable" }
        notes.append(
          "\(adapter.name) is not the same on all machines: \(states[0]), and \(states[1]) in shard \(part.start?.shard?.description ?? "")."
        )
        // One that could be used somewhere says more.
        if records[index].runtime == nil { records[index] = adapter }
      }
    }
    return (records, notes)
  }

  /// What happened to the cases, about in the order of the plan: all shards walk through it from its beginning to its end.
  private static func interleaved(_ parts: [Part]) -> [Event] {
    var placed: [(position: Double, shard: Int, event: Event)] = []
    for (shard, part) in parts.enumerated() {
      let events = part.events.filter(\.isOfACase)
      for (index, event) in events.enumerated() {
        placed.append((Double(index) / Double(events.count), shard, event))
      }
    }
    return placed.sorted { ($0.position, $0.shard) < ($1.position, $1.shard) }.map(\.event)
  }

  private static func end(_ parts: [Part]) -> Event {
    var end = RunEnd(seconds: 0, isInterrupted: false, peakMemory: [:])
    for part in parts {
      guard case .runEnded(let one) = part.events.last(where: \.isRunEnd) else { continue }
      end.seconds = max(end.seconds, one.seconds)
      end.isInterrupted = end.isInterrupted || one.isInterrupted
      end.peakMemory.merge(one.peakMemory, uniquingKeysWith: max)
    }
    return .runEnded(end)
  }

  private static func distinct(_ texts: [String]) -> [String] {
    texts.enumerated().filter { texts.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}

extension Event {
  fileprivate var isRunEnd: Bool {
    if case .runEnded = self { true } else { false }
  }

  fileprivate var isOfACase: Bool {
    switch self {
    case .caseStarted, .caseEnded, .note: true
    case .runStarted, .rules, .adapter, .runEnded: false
    }
  }
}
