import Journal

/// A run as the commands of GitHub Actions' log: an annotation for each failure, and a group with what there is to say of them.
public struct GitHubReport: Sendable {
  private let summary: RunSummary
  private let file: @Sendable (String) -> String?

  /// GitHub shows ten annotations of a kind for each step.
  private static let shownAnnotations = 10
  private static let shownStale = 3
  private static let shownBlocks = 100

  /// Reports on a summary.
  ///
  /// - Parameters:
  ///   - summary: the run.
  ///   - file: the file, relative to the repository, to which an annotation about an adapter is put; nil for none.
  public init(_ summary: RunSummary, file: @escaping @Sendable (String) -> String? = { _ in nil }) {
    self.summary = summary
    self.file = file
  }

  /// The commands; empty if there is nothing to tell.
  public var text: String {
    var lines: [String] = []
    if let incompleteness = summary.incompleteness {
      lines.append(command("error", [("title", "Parley: \(summary.headline)")], incompleteness))
    }
    // Both kinds are seen if both are there.
    let stale = summary.stale.prefix(summary.failures.isEmpty ? Self.shownAnnotations - lines.count : Self.shownStale)
    lines += stale.map { entry in
      command("error", place(entry) + [("title", "Parley: stale entry of the baseline")], entry.staleWords)
    }
    let moreStale = summary.stale.count - stale.count
    // One of each cause first: the second of the same says little that is new.
    let firsts = FailureCause.causes(summary.failures).compactMap(\.indices.first)
    let others = summary.failures.indices.prefix(2 * Self.shownAnnotations).filter { !firsts.contains($0) }
    let shown = (firsts + others).prefix(Self.shownAnnotations - lines.count)
    lines += shown.map { annotation(summary.failures[$0]) }
    let more = summary.failures.count - shown.count
    if more > 0 {
      lines.append(
        command(
          "warning", [("title", "Parley")], "\(more) more cases failed; the group of failures in the log has them."
        ))
    }
    if moreStale > 0 {
      lines.append(
        command(
          "warning", [("title", "Parley")], "\(moreStale) more entries of the baseline are stale; the log has them."))
    }
    for adapter in summary.planned {
      guard let problem = adapter.problem else { continue }
      let cure = adapter.cure.map { "; install it with: \($0)" } ?? ""
      lines.append(command("warning", [("title", "Parley: \(adapter.name) is not usable")], problem + cure))
    }
    lines += summary.notPlannedLines.map { command("warning", [("title", "Parley: not planned")], $0) }
    return lines.joined() + group
  }

  /// Text for the log in which no line is a command, whatever an adapter wrote.
  ///
  /// The runner obeys `::name::` at the start of a line, blanks aside, and `##[name]` anywhere.
  public static func harmless(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let line = withoutOldCommands(String(line))
      guard line.drop(while: \.isWhitespace).hasPrefix("::") else { return line }
      let blanks = line.prefix(while: \.isWhitespace)
      return "\(blanks):\u{200b}:\(line.dropFirst(blanks.count + 2))"
    }
    return lines.joined(separator: "\n")
  }

  private static func withoutOldCommands(_ line: String) -> String { line.replacing("##[", with: "#\u{200b}#[") }

  private func annotation(_ record: CaseRecord) -> String {
    var properties: [(String, String)] = []
    if let adapter = record.failure?.blamed.first?.split(separator: " ").first, let path = file(String(adapter)) {
      properties.append(("file", path))
    }
    if record.outcome == .unexpected, let entry = record.known?.first { properties += place(entry) }
    properties.append(("title", "\(record.outcome.title): \(record.name)"))
    let again = "again: \(summary.rerun.command(record.name))"
    guard let failure = record.failure else {
      let words = record.baselineWords.map { "\($0) \($1)" }
      return command("error", properties, ([record.reason ?? ""] + words + [again]).joined(separator: "\n"))
    }
    let who = failure.blamed.isEmpty ? "" : ": \(failure.blamed.joined(separator: " and "))"
    var lines = ["blame \(failure.blame.rawValue)\(who)", "expected \(failure.expected)", "seen \(failure.seen)"]
    if let difference = failure.difference {
      lines.append("differs at offset \(difference.offset): \(difference.field)")
    }
    if let rule = failure.rule { lines.append("breaks \(rule.quotation)") }
    if let advice = failure.advice { lines.append("next \(advice)") }
    return command("error", properties, (lines + [again]).joined(separator: "\n"))
  }

  /// Where an entry of the baseline stands.
  private func place(_ entry: BaselineEntryRecord) -> [(String, String)] {
    [("file", entry.file), ("line", String(entry.line))]
  }

  private func command(_ name: String, _ properties: [(String, String)], _ message: String) -> String {
    let words = properties.map { "\($0)=\(Self.escaped($1, isProperty: true))" }.joined(separator: ",")
    return Self.withoutOldCommands("::\(name) \(words)::\(Self.escaped(message, isProperty: false))") + "\n"
  }

  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.harmless.unicodeScalars {
      switch scalar {
      case "%": result.append(contentsOf: "%25".unicodeScalars)
      case "\n": result.append(contentsOf: "%0A".unicodeScalars)
      case ":" where isProperty: result.append(contentsOf: "%3A".unicodeScalars)
      case "," where isProperty: result.append(contentsOf: "%2C".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private var group: String {
    guard !summary.failures.isEmpty else { return "" }
    let rerun = summary.rerun
    let blocks = summary.failures.prefix(Self.shownBlocks).map { FailureBlock(record: $0, rerun: rerun).text }
    let more = summary.failures.count - blocks.count
    let rest = more > 0 ? "\nand \(more) more; the journal has them all\n" : ""
    let text = (blocks.joined(separator: "\n") + rest).harmless
    return "::group::Parley: \(summary.failures.count) failures\n\(Self.harmless(text))::endgroup::\n"
  }
}
