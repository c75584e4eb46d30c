import Journal

/// What the script of the HTML page draws: a run in columns, with every name written once.
struct PageContent: Encodable {
  struct OutcomeWords: Encodable {
    var name: String
    var title: String
    var sign: String
    var isBad: Bool
  }

  /// The cases, a column for each property; every number but the time is a place in a list.
  struct Columns: Encodable {
    var suite: [Int] = []
    var channel: [Int] = []
    var pair: [Int] = []
    var scenario: [Int] = []
    /// A letter for each case: `a` is the first outcome.
    var outcome = ""
    var milliseconds: [Double] = []
    /// 0 for none; 1 is the first.
    var reason: [Int] = []
  }

  /// Cases that changed in the same way since an earlier run.
  struct Change: Encodable {
    var title: String
    var isBad: Bool
    var count: Int
    var lines: [String]
  }

  struct Cause: Encodable {
    var who: String
    var seen: String
    var expected: String
    var field: String?
    var rule: String?
    var cases: [Int]
  }

  var version = 1
  var start: RunStart?
  var seconds: Double?
  /// For each pair, the words before a case's name that run it again.
  var commands: [String]
  var outcomes: [OutcomeWords] = []
  var suites: [String] = []
  var channels: [String]
  /// How many channels the matrix does not show, in a sentence.
  var hiddenChannels: String?
  var pairs: [[String]]
  var scenarios: [String] = []
  var reasons: [String] = []
  var columns = Columns()
  var details: [Int: CaseDetail] = [:]
  var causes: [Cause]
  var causesLeftOut = 0
  var adapters: [AdapterRecord]
  var remarks: [String]
  var notPlanned: [String]
  var baseline: PageBaseline
  var rules: PageRules
  var changes: [Change]

  private static let shownChanges = 200
  private static let shownCauses = 40
  private static let shownRemarks = 300
  private static let longestText = 2000

  init(_ run: WholeRun, changes: [ChangeList] = []) {
    let summary = run.summary
    baseline = PageBaseline(run)
    rules = PageRules(run)
    self.changes = changes.filter { !$0.lines.isEmpty }.map { list in
      Change(
        title: list.title, isBad: list.isBad, count: list.count,
        lines: list.lines.prefix(Self.shownChanges).map { String($0.prefix(300)) })
    }
    start = summary.start
    // `baseline` tells of the stale entries, within bounds.
    start?.baseline?.stale = []
    seconds = summary.end?.seconds
    // `commands` has what is made of it.
    start?.rerun = nil
    let rerun = summary.rerun
    commands = summary.pairs.map { rerun.prefix(pair: $0) }
    channels = summary.channels
    pairs = summary.pairs.map { pair in
      let (writer, reader) = CaseName(suite: "", channel: "", pair: pair, scenario: "").adapters
      return [writer, reader]
    }
    hiddenChannels = summary.hiddenChannels
    adapters = summary.planned
    notPlanned = summary.notPlannedLines.prefix(Self.shownRemarks).map { String($0.prefix(Self.longestText)) }
    remarks =
      summary.reasons.map { "\($0.outcome.title), \($0.count) \($0.count == 1 ? "case" : "cases"): \($0.reason)" }
      + summary.lacks.map { $0.words() }
      + summary.flaky.map { "flaky: \($0.name) \($0.flakyWords ?? "")" }
      + (summary.steadyCount > 0 ? ["flaky: \(summary.steadyCount) of the listed cases passed at the first try"] : [])
      + summary.notes.map { "note: \($0)" }
      + summary.underWay.map(\.description).sorted().map { "under way when the journal ended: \($0)" }
    remarks = remarks.prefix(Self.shownRemarks).map { String($0.prefix(Self.longestText)) }
    let causes = FailureCause.causes(run.cases)
    self.causes = causes.prefix(Self.shownCauses).map { cause in
      Cause(
        who: cause.who, seen: String(cause.seen.prefix(300)), expected: String(cause.expected.prefix(300)),
        field: cause.field.map { String($0.prefix(300)) }, rule: cause.rule.map { String($0.id.prefix(300)) },
        cases: cause.indices)
    }
    causesLeftOut = causes.dropFirst(Self.shownCauses).reduce(0) { $0 + $1.indices.count }
    let present = Outcome.allCases.filter { summary.tally[$0] > 0 }
    outcomes = present.map { OutcomeWords(name: $0.rawValue, title: $0.title, sign: $0.sign, isBad: $0.isBad) }
    fillColumns(run.cases, present)
    details = DetailSelection(run.cases).details
  }

  private mutating func fillColumns(_ cases: [CaseRecord], _ outcomes: [Outcome]) {
    let channelPlaces = Places(channels)
    let pairPlaces = Places(pairs.map { $0.joined(separator: "-") })
    var (suites, scenarios, reasons) = (Places(), Places(), Places())
    for record in cases {
      columns.suite.append(suites.place(of: record.name.suite))
      columns.channel.append(channelPlaces.known(record.name.channel))
      columns.pair.append(pairPlaces.known(record.name.pair))
      columns.scenario.append(scenarios.place(of: record.name.scenario))
      let letter = UInt8(ascii: "a") + UInt8(outcomes.firstIndex(of: record.outcome) ?? 0)
      columns.outcome.append(Character(UnicodeScalar(letter)))
      columns.milliseconds.append((record.seconds * 10_000).rounded() / 10)
      columns.reason.append(record.reason.map { reasons.place(of: String($0.prefix(Self.longestText))) + 1 } ?? 0)
    }
    (self.suites, self.scenarios, self.reasons) = (suites.names, scenarios.names, reasons.names)
  }

  /// Names, each once, and where they stand.
  private struct Places {
    private(set) var names: [String] = []
    private var places: [String: Int] = [:]

    init(_ names: [String] = []) {
      for name in names { _ = place(of: name) }
    }

    func known(_ name: String) -> Int { places[name] ?? 0 }

    mutating func place(of name: String) -> Int {
      if let place = places[name] { return place }
      places[name] = names.count
      names.append(name)
      return names.count - 1
    }
  }
}
