import Journal

/// A run as Markdown for a pull request or a job's summary, under 60 KB whatever the size of the run.
///
/// The failures come first, then what changed, the matrix, and what there is to say besides.
public struct MarkdownReport: Sendable {
  private let summary: RunSummary
  private let changes: [ChangeList]

  /// The most bytes that the report has: GitHub refuses a comment of more than 65,536 characters.
  public static let largestSize = 60_000
  private static let largestMatrix = 16_000
  private static let largestRemarks = 6_000
  private static let largestChanges = 6_000
  private static let largestStale = 4_000
  private static let largestBlock = 4_000
  private static let shownBlocks = 15
  private static let shownCauses = 12

  /// Reports on a summary.
  ///
  /// - Parameters:
  ///   - summary: the run.
  ///   - changes: what changed since an earlier run, if it was compared with one.
  public init(_ summary: RunSummary, changes: [ChangeList] = []) {
    self.summary = summary
    self.changes = changes
  }

  /// The report; ends with a line feed.
  public var text: String {
    let head = headline
    let tail = [stale, changeLists, matrix, remarks].filter { !$0.isEmpty }.joined(separator: "\n")
    let balance = "\(notPlanned)\n\(MarkdownText.code(summary.tally.line))\n"
    let room = Self.largestSize - head.utf8.count - tail.utf8.count - balance.utf8.count - 2
    return [head, failures(room), tail].filter { !$0.isEmpty }.joined(separator: "\n") + balance
  }

  private var headline: String {
    let sign = summary.state == .passed ? "✅" : summary.state == .failed ? "❌" : "⚠️"
    var text = "## \(sign) Parley: \(summary.headline)\n"
    if let incompleteness = summary.incompleteness { text += "\n> **\(MarkdownText.escaped(incompleteness))**\n" }
    return text
  }

  // MARK: Failures

  private func failures(_ room: Int) -> String {
    guard !summary.failures.isEmpty else { return "" }
    let causes = FailureCause.causes(summary.failures)
    var text = "### What failed\n\n" + (causes.count < summary.failures.count ? Self.table(causes) + "\n" : "")
    var shown: Set<Int> = []
    // What is left after the blocks takes the names of the others.
    let roomForBlocks = room * 3 / 4
    // One of each cause first: the second of the same says little that is new.
    let firsts = causes.compactMap(\.indices.first)
    let others = summary.failures.indices.filter { !firsts.contains($0) }.prefix(Self.shownBlocks)
    for index in (firsts + others).prefix(Self.shownBlocks) {
      let block = block(summary.failures[index])
      guard text.utf8.count + block.utf8.count <= roomForBlocks else { continue }
      text += block
      shown.insert(index)
    }
    let rest = summary.failures.enumerated().filter { !shown.contains($0.offset) }.map(\.element)
    guard !rest.isEmpty else { return text }
    let note = "- and 000000000 more, left out to keep this under 60 KB; the journal has them all\n"
    text += shown.isEmpty ? "" : "\nFailed too:\n\n"
    var named = 0
    for record in rest {
      let line = "- \(MarkdownText.code(record.name.description))\(blame(record))\n"
      guard text.utf8.count + line.utf8.count + note.utf8.count <= room else { break }
      text += line
      named += 1
    }
    if named < rest.count { text += note.replacing("000000000", with: String(rest.count - named)) }
    return text
  }

  private static func table(_ causes: [FailureCause]) -> String {
    let rows = causes.prefix(shownCauses).map { cause in
      [
        MarkdownText.escaped(cause.who), String(cause.indices.count), MarkdownText.escaped(cause.field ?? ""),
        MarkdownText.escaped(cause.rule?.id ?? ""), MarkdownText.escaped(String(cause.seen.prefix(200))),
      ]
    }
    let more = causes.count > shownCauses ? "\n… and \(causes.count - shownCauses) more causes\n" : ""
    return MarkdownText.table(
      header: ["blame", "cases", "field that differs", "rule", "seen in the first case"], rows: rows) + more
  }

  private func block(_ record: CaseRecord) -> String {
    let text = FailureBlock(record: record, rerun: summary.rerun).text
    let shortened = Self.shortened(text, Self.largestBlock)
    // The rule, the advice and the command come last in the text, and must not be what is cut off.
    let again =
      shortened == text
      ? ""
      : (record.failure.map(FailureBlock.remedy) ?? []).map { "\($0)\n" }.joined()
        + "  again     \(summary.rerun.command(record.name))\n"
    return """
      <details><summary>\(record.outcome.sign) \(MarkdownText.code(record.name.description))\(blame(record))</summary>

      \(MarkdownText.block(shortened + again))
      </details>

      """
  }

  private func blame(_ record: CaseRecord) -> String {
    guard let failure = record.failure else { return " \(MarkdownText.escaped(record.reason ?? ""))" }
    let who = failure.blamed.isEmpty ? failure.blame.rawValue : failure.blamed.joined(separator: " and ")
    return " – blame: <b>\(MarkdownText.escaped(who))</b>"
  }

  // MARK: The rest

  private var stale: String {
    guard !summary.stale.isEmpty else { return "" }
    let lines = summary.stale.map { entry in
      "- ❌ delete \(MarkdownText.code(entry.place)), \(MarkdownText.code(String(entry.pattern.prefix(300))))"
        + " (\(MarkdownText.escaped(String(entry.why.prefix(300)))))"
    }
    return "### Entries of the baseline that fit no case\n\n" + Self.cut(lines, Self.largestStale)
  }

  private var changeLists: String {
    guard changes.contains(where: { !$0.lines.isEmpty }) else { return "" }
    var lines: [String] = []
    for change in changes where !change.lines.isEmpty {
      lines.append("\n\(change.isBad ? "❌" : "•") **\(MarkdownText.escaped(change.title)): \(change.count)**\n")
      lines += change.lines.map { "- \(MarkdownText.code(String($0.prefix(300))))" }
      if change.count > change.lines.count { lines.append("- and \(change.count - change.lines.count) more") }
    }
    return "### What changed\n" + Self.cut(lines, Self.largestChanges)
  }

  private var matrix: String {
    guard !summary.channels.isEmpty else { return "" }
    let channels = summary.shownChannels
    let hidden = summary.hiddenChannels.map { "\n\(MarkdownText.escaped(String($0.prefix(300)))).\n" } ?? ""
    guard !channels.isEmpty else { return Self.matrixTitle + hidden }
    // Two bytes a cell are the least.
    if channels.count * summary.pairs.count < Self.largestMatrix / 2 {
      let text = wholeMatrix(channels)
      if text.utf8.count <= Self.largestMatrix { return text + hidden }
    }
    let rows = channels.map { channel in
      [
        MarkdownText.code(channel),
        Self.cell(RunSummary.Cell(sumOf: summary.cells[channel].map { Array($0.values) } ?? [])),
      ]
    }
    let table = MarkdownText.table(header: ["channel", "all pairs"], rows: rows).split(separator: "\n").map(String.init)
    return Self.matrixTitle + Self.cut(table, Self.largestMatrix) + hidden
  }

  private static let matrixTitle = "### The matrix\n\n"

  private func wholeMatrix(_ channels: [String]) -> String {
    let rows = channels.map { channel in
      [MarkdownText.code(channel)] + summary.pairs.map { pair in Self.cell(summary.cells[channel]?[pair]) }
    }
    return Self.matrixTitle
      + MarkdownText.table(header: ["channel"] + summary.pairs.map(MarkdownText.escaped), rows: rows)
  }

  private static func cell(_ cell: RunSummary.Cell?) -> String {
    guard let cell else { return "" }
    return Outcome.allCases.sorted { $0.isBad && !$1.isBad }.filter { cell[$0] > 0 }
      .map { "\($0.isBad ? "❌" : $0.sign) \(cell[$0])" }.joined(separator: " ")
  }

  private var remarks: String {
    var lines = summary.planned.map { adapter in
      let state = adapter.runtime.map(MarkdownText.escaped) ?? "❌ \(MarkdownText.escaped(adapter.problem ?? ""))"
      return "- \(MarkdownText.code(adapter.name)) \(state)"
        + (adapter.cure.map { "; install it with \(MarkdownText.code($0))" } ?? "")
    }
    lines += summary.reasons.map { outcome, reason, count in
      "- \(outcome.title), \(count): \(MarkdownText.escaped(String(reason.prefix(300))))"
    }
    lines += summary.lacks.map { "- \($0.words { MarkdownText.escaped(String($0.prefix(1000))) })" }
    lines += summary.flaky.map { record in
      "- flaky: \(MarkdownText.code(record.name.description))"
        + " \(MarkdownText.escaped(String((record.flakyWords ?? "").prefix(300))))"
    }
    if summary.steadyCount > 0 {
      lines.append("- flaky: \(summary.steadyCount) of the listed cases passed at the first try")
    }
    lines += summary.notes.map { "- note: \(MarkdownText.escaped(String($0.prefix(300))))" }
    lines += summary.underWay.map(\.description).sorted().map {
      "- under way when the journal ended: \(MarkdownText.code($0))"
    }
    if let start = summary.start {
      let duration = summary.end.map { " in \(Decimal.text($0.seconds, 1)) s" } ?? ""
      lines.append(
        "- \(summary.tally.ended) cases\(duration), \(MarkdownText.escaped(start.machine)), \(MarkdownText.escaped(start.date))"
      )
    }
    guard !lines.isEmpty else { return "" }
    let legend = summary.explainedOutcomes.map { "\($0.isBad ? "❌" : $0.sign) \($0.title)" }.joined(separator: ", ")
    return "Each cell counts cases: \(legend).\n\n" + Self.cut(lines, Self.largestRemarks)
  }

  private var notPlanned: String {
    let lines = summary.notPlannedLines
    guard !lines.isEmpty else { return "" }
    let items = lines.map { "- not planned: \(MarkdownText.escaped(String($0.prefix(300))))" }
    return "\n" + Self.cut(items, Self.largestRemarks)
  }

  /// As many lines as there is room for, and how many were left out.
  private static func cut(_ lines: [String], _ room: Int) -> String {
    var text = ""
    for (index, line) in lines.enumerated() {
      guard text.utf8.count + line.utf8.count + 1 <= room else {
        return text + "\n… and \(lines.count - index) more lines, left out to keep this under 60 KB\n"
      }
      text += line + "\n"
    }
    return text
  }

  private static func shortened(_ text: String, _ size: Int) -> String {
    guard text.utf8.count > size else { return text }
    return String(decoding: text.utf8.prefix(size), as: UTF8.self) + "\n  … cut, the journal has all of it\n"
  }
}
