import Foundation
import Journal

/// A run as text for a terminal or a log.
///
/// Its last line is the balance, and what is not planned stands directly above it.
public struct TextReport: Sendable {
  private let summary: RunSummary

  /// The most failures that are shown whole.
  static let shownFailures = 20
  /// The most flaky cases that are shown.
  static let shownFlaky = 100
  /// The widest table, in columns of a terminal.
  private static let widest = 100

  /// Reports on a summary.
  public init(_ summary: RunSummary) { self.summary = summary }

  /// The whole report; ends with a line feed.
  public var text: String {
    var parts = [failures, stale, matrix, remarks, flaky, speed, cutOff].filter { !$0.isEmpty }
    let notPlanned = summary.notPlannedLines.map { "not planned: \($0)\n" }
    parts.append(notPlanned.joined() + summary.tally.line + "\n")
    // What an adapter brought into the report must not steer the reader's terminal.
    return parts.joined(separator: "\n").harmless
  }

  private var failures: String {
    guard !summary.failures.isEmpty else { return "" }
    let rerun = summary.rerun
    let blocks = summary.failures.prefix(Self.shownFailures).map { FailureBlock(record: $0, rerun: rerun).text }
    let rest = summary.failures.dropFirst(Self.shownFailures)
    guard !rest.isEmpty else { return blocks.joined(separator: "\n") }
    let names = rest.prefix(200).map { record in
      let word = record.outcome == .unexpected ? "  passes unexpectedly" : ""
      return "  \(record.name)\(record.failure.map { "  blame \($0.blame.rawValue)" } ?? word)"
    }
    let more = rest.count > 200 ? ["  and \(rest.count - 200) more; the journal has them all"] : []
    return blocks.joined(separator: "\n") + "\nFAILED too:\n" + (names + more).joined(separator: "\n") + "\n"
  }

  /// The stale entries of the baseline.
  private var stale: String {
    guard !summary.stale.isEmpty else { return "" }
    let blocks = summary.stale.map { entry in
      "STALE \(entry.place)\n  no case of the plan fits \(entry.pattern) (\(entry.why))\n  delete    \(entry.place)\n"
    }
    return blocks.joined(separator: "\n")
  }

  private var flaky: String {
    var lines = summary.flaky.prefix(Self.shownFlaky).map { "flaky: \($0.name) \($0.flakyWords ?? "")" }
    let rest = summary.flaky.count - lines.count
    if rest > 0 { lines.append("flaky: and \(rest) more; the journal has them all") }
    if summary.steadyCount > 0 {
      lines.append(
        "flaky: \(summary.steadyCount) listed \(summary.steadyCount == 1 ? "case" : "cases") passed at the first try")
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  private var matrix: String {
    guard !summary.channels.isEmpty else { return "" }
    let hidden = summary.hiddenChannels.map { "\($0).\n" } ?? ""
    guard !summary.shownChannels.isEmpty else { return hidden }
    return "\(table)\nEach cell counts cases: ✓ passed, ✗ failed, – unsupported, ○ not run\(known).\n\(hidden)"
  }

  /// Channels by pairs, or the other way round; where neither fits, pairs and channels have tables of their own.
  private var table: String {
    let (channels, pairs) = (summary.shownChannels, summary.pairs)
    let wide = TextTable(
      header: ["channel"] + pairs,
      rows: channels.map { channel in [channel] + pairs.map { Self.sign(summary.cells[channel]?[$0]) } })
    if wide.width <= Self.widest { return wide.text }
    let long = TextTable(
      header: ["pair"] + channels,
      rows: pairs.map { pair in [pair] + channels.map { Self.sign(summary.cells[$0]?[pair]) } })
    // Of adapters among themselves, writers by readers say more.
    let adapters = self.adapters
    let isOfPrograms = !pairs.contains { parts($0).allSatisfy(adapters.contains) }
    if isOfPrograms, long.width <= Self.widest, pairs.count <= Self.mostPairs { return long.text }
    return grids + "\n" + byChannel.text
  }

  /// The most pairs that have a row each: a program, on both sides, and every adapter.
  private static let mostPairs = 32

  /// The sign of expected failures, where there are any.
  private var known: String { summary.tally[.expected] > 0 ? ", (✗) failed as expected" : "" }

  /// Many pairs do not fit side by side: then channels and pairs have a table each.
  private var byChannel: TextTable {
    TextTable(
      header: ["channel", "all pairs"],
      rows: summary.shownChannels.map { channel in
        [channel, Self.sign(RunSummary.Cell(sumOf: summary.pairs.compactMap { summary.cells[channel]?[$0] }))]
      })
  }

  private func parts(_ pair: String) -> [String] { pair.split(separator: "-").map(String.init) }

  /// Everybody who takes part.
  private var names: [String] {
    Set(summary.pairs.flatMap(parts)).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// The adapters among them whose cases were planned.
  private var adapters: [String] {
    let planned = summary.planned.map(\.name)
    return summary.adapters.isEmpty ? names : names.filter(planned.contains)
  }

  /// The programs of examples among them.
  private var programs: [String] {
    let adapters = Set(summary.adapters.map(\.name))
    return adapters.isEmpty ? [] : names.filter { !adapters.contains($0) }
  }

  /// Writers by readers, and the programs of examples by their peers: with counts, or where that is too wide a mark for each
  /// pair, and numbers instead of names.
  private var grids: String {
    let adapters = self.adapters
    func cell(_ pairs: [String]) -> RunSummary.Cell {
      RunSummary.Cell(sumOf: pairs.flatMap { pair in summary.channels.compactMap { summary.cells[$0]?[pair] } })
    }
    let hasAdapterPairs = summary.pairs.contains { parts($0).allSatisfy(adapters.contains) }
    let writers = Grid("writer ↓ reader →", hasAdapterPairs ? adapters : []) { cell(["\($0)-\($1)"]) }
    let others = Grid("program ↓ peer →", programs) { cell(["\($0)-\($1)", "\($1)-\($0)"]) }
    let shown = [writers, others].filter { !$0.rows.isEmpty }
    let whole = shown.map { $0.table(columns: adapters, sign: Self.sign) }
    if whole.allSatisfy({ $0.width <= Self.widest }) { return whole.map(\.text).joined(separator: "\n") }
    let numbers = adapters.indices.map { String($0 + 1) }
    let marked = shown.map { grid in
      grid.table(
        columns: adapters, heads: numbers, names: { name in adapters.firstIndex(of: name).map { "\($0 + 1) \(name)" } },
        sign: Self.mark)
    }
    let legend = zip(numbers, adapters).map { "\($0) \($1)" }.joined(separator: ", ")
    return marked.map(\.text).joined(separator: "\n") + (hasAdapterPairs ? "" : "The peers: \(legend).\n")
      + "Each mark is a pair, with the number of its failures. ✓ means none; an empty place is not planned.\n"
  }

  /// A table with a row for each of some names and a column for each adapter.
  private struct Grid {
    let corner: String
    let rows: [String]
    let cell: (String, String) -> RunSummary.Cell

    init(_ corner: String, _ rows: [String], cell: @escaping (String, String) -> RunSummary.Cell) {
      (self.corner, self.rows, self.cell) = (corner, rows, cell)
    }

    func table(
      columns: [String], heads: [String]? = nil, names: (String) -> String? = { $0 },
      sign: (RunSummary.Cell) -> String
    ) -> TextTable {
      TextTable(
        header: [corner] + (heads ?? columns),
        rows: rows.map { row in [names(row) ?? row] + columns.map { sign(cell(row, $0)) } })
    }
  }

  /// The mark of a pair.
  private static func mark(_ cell: RunSummary.Cell) -> String {
    let bad = cell[.failed] + cell[.unexpected]
    if bad > 0 { return "✗\(bad)" }
    if cell[.expected] > 0 { return "(✗)" }
    return cell[.passed] > 0 ? "✓" : cell[.notRun] > 0 ? "○" : cell[.unsupported] > 0 ? "–" : ""
  }

  private static func sign(_ cell: RunSummary.Cell?) -> String {
    guard let cell else { return "" }
    var words: [String] = []
    let bad = cell[.failed] + cell[.unexpected]
    if bad > 0 { words.append("✗ \(bad)") }
    if cell[.passed] > 0 { words.append("✓ \(cell[.passed])") }
    if cell[.expected] > 0 { words.append("(✗ \(cell[.expected]))") }
    if cell[.unsupported] > 0 { words.append("– \(cell[.unsupported])") }
    if cell[.notRun] > 0 { words.append("○ \(cell[.notRun])") }
    return words.joined(separator: " ")
  }

  private var remarks: String {
    var lines = summary.planned.map { adapter in
      let state = adapter.runtime ?? "✗ \(adapter.problem ?? "")"
      return "\(adapter.name): \(state)\(adapter.cure.map { "; install it with: \($0)" } ?? "")"
    }
    for (outcome, reason, count) in summary.reasons {
      lines.append(
        "\(outcome == .notRun ? "not run" : outcome.rawValue), \(count) \(count == 1 ? "case" : "cases"): \(reason)")
    }
    lines += summary.lacks.map { $0.words() }
    lines += summary.notes.map { "note: \($0)" }
    lines += summary.underWay.map(\.description).sorted().map { "under way when the journal ended: \($0)" }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  private var speed: String {
    guard let start = summary.start, let end = summary.end else { return "" }
    let tried = [Outcome.passed, .failed, .expected, .unexpected].map { summary.tally[$0] }.reduce(0, +)
    var lines: [String] = []
    let how =
      "\(start.jobs) \(start.jobs == 1 ? "job" : "jobs")\(start.isFresh ? ", fresh processes" : "")\(start.isTapped ? "" : ", no tap")"
    if let shard = start.shard {
      lines.append(
        "shard \(shard) of a plan of \(start.wholeCount ?? 0) cases, split by \(shard.costs == nil ? "count" : "cost")")
    }
    if let count = start.mergedCount { lines.append("merged from \(count) \(count == 1 ? "shard" : "shards")") }
    let cases = tried == 1 ? "1 case" : "\(tried) cases"
    lines.append("\(cases) in \(Decimal.text(end.seconds, 1)) s (\(how)); \(start.machine)")
    if let rate = summary.smallCasesPerSecond {
      lines.append("small cases (at most 4 KiB): \(Decimal.text(rate, 0)) a second")
    }
    let memory = end.peakMemory.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value >> 20) MB" }
    if !memory.isEmpty { lines.append("peak memory: \(memory.joined(separator: ", "))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var cutOff: String { summary.isCutOff ? summary.incompleteness.map { "\($0)\n" } ?? "" : "" }
}
