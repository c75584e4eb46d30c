package import Cases
package import Journal

/// The list of known failures, and the list of flaky cases.
///
/// Strict, so that it cannot rot: a listed case that passes is an unexpected pass, and an entry without a case is stale.
///
/// ```swift
/// let baseline = try Baseline(contentsOf: "baseline.yml")
/// let record = baseline.judged(record)  // .failed may become .expected, and .passed .unexpected
/// ```
package struct Baseline: Sendable {
  /// An entry of either list.
  package struct Entry: Sendable, Equatable {
    /// The cases that the entry lists.
    package let glob: CaseGlob
    /// The entry's record in the journal.
    package let record: BaselineEntryRecord
    /// The number of retries of a flaky case, 1 to 100; nil for a known failure.
    package let retries: Int?
  }

  /// The file's path as given.
  package let file: String
  /// The known failures, in the order of the file.
  package let known: [Entry]
  /// The flaky cases, in the order of the file.
  package let flaky: [Entry]
  /// A digest of the file's text.
  package let digest: String

  /// Judges the outcome of a case against the known failures.
  ///
  /// - Parameter record: a case that passed or failed; any other record is returned unchanged.
  /// - Returns: the record with its new outcome and the entries that match it.
  package func judged(_ record: CaseRecord) -> CaseRecord {
    guard record.outcome == .passed || record.outcome == .failed else { return record }
    let name = record.name.description
    let fitting = known.filter { $0.glob.matches(name) }
    guard !fitting.isEmpty else { return record }
    var judged = record
    judged.known = fitting.map(\.record)
    if record.outcome == .passed {
      judged.outcome = .unexpected
      judged.reason = "it passes, and \(fitting.map(\.record.place).joined(separator: " and ")) says that it fails"
    } else if let entry = fitting.first(where: { $0.describes(record) }) {
      judged.outcome = .expected
      judged.known = [entry.record]
      judged.reason = entry.record.reason
    }
    return judged
  }

  /// The entry that lists a case as flaky, or nil.
  package func flakyEntry(of name: CaseName) -> Entry? {
    guard !flaky.isEmpty else { return nil }
    let name = name.description
    return flaky.first { $0.glob.matches(name) }
  }

  /// The entries that match no case.
  ///
  /// - Parameters:
  ///   - planned: the names of the run's cases; they are checked first, because they usually suffice.
  ///   - whole: the whole plan, of which the run may be a selection.
  /// - Returns: the stale entries of both lists, in the order of their lines.
  package func stale(planned: [String], whole: WholePlan) -> [Entry] {
    let names = Set(planned)
    var rest = (known + flaky).filter { entry in
      entry.record.isOneCase ? !names.contains(entry.glob.pattern) : !planned.contains(where: entry.glob.matches)
    }
    if !rest.isEmpty { rest = rest.filter { !whole.hasCase(for: $0.glob) } }
    return rest.sorted { $0.record.line < $1.record.line }
  }

  /// Rejects a case that is in both lists.
  ///
  /// - Parameter names: the names of the planned cases.
  /// - Throws: a usage error that names both lines.
  package func refuseContradictions(among names: [String]) throws(HarnessError) {
    guard !flaky.isEmpty, !known.isEmpty else { return }
    for name in names {
      guard let flaky = flaky.first(where: { $0.glob.matches(name) }),
        let known = known.first(where: { $0.glob.matches(name) })
      else { continue }
      throw HarnessError(
        "\(name) is listed twice: as a known failure at \(known.record.place), and as flaky at \(flaky.record.place). A flaky case passes now and then; take it out of one list.",
        isUsage: true)
    }
  }

  /// The baseline's record in the journal.
  package func record(stale: [Entry]) -> BaselineRecord {
    BaselineRecord(
      file: file, digest: digest, knownCount: known.count, flakyCount: flaky.count, stale: stale.map(\.record))
  }
}

extension Baseline.Entry {
  /// Whether a failure contains the text that the entry requires.
  package func describes(_ failed: CaseRecord) -> Bool {
    guard let text = record.contains else { return true }
    return (failed.failure?.text ?? failed.reason ?? "").contains(text)
  }
}
