package import Cases
import Foundation
package import Journal

/// Updates a baseline to the results of a run.
///
/// Pure: text and cases in, text out. An entry is kept if none of its cases passes, and narrowed or removed otherwise.
/// Failures that no entry covers get new entries.
package struct BaselineUpdate: Sendable {
  /// The new text.
  package private(set) var text: String
  /// The changes, and what needs attention, each a sentence.
  package private(set) var remarks: [String] = []
  /// Whether the text has changed.
  package var isChange: Bool { text != old }

  private let old: String

  /// Updates a baseline.
  ///
  /// - Parameters:
  ///   - old: its text; empty if there is none yet.
  ///   - file: its path, for messages.
  ///   - records: the cases of a run, whether or not it used the baseline.
  ///   - whole: the whole plan; an entry that matches no case of it is removed.
  ///   - date: the day of the run, for the reasons of new entries.
  /// - Throws: ``HarnessError`` for a baseline that cannot be read or edited.
  package init(
    _ old: String, file: String, records: [CaseRecord], whole: WholePlan, date: String
  ) throws(HarnessError) {
    self.old = old
    let editor = try BaselineText(old.isEmpty ? Self.beginning : old, file: file)
    let results = Results(records, flaky: editor.flaky)
    var covered: Set<CaseName> = []
    var fates: [BaselineText.Fate] = []
    for entry in editor.known {
      let (fate, cases) = Self.fate(entry, results, whole)
      covered.formUnion(cases)
      fates.append(fate)
      switch fate {
      case .kept: break
      case .removed: remarks.append("removed \(entry.record.place), \(entry.glob.pattern): nothing fails as it says")
      case .narrowed(let patterns):
        remarks.append("narrowed \(entry.record.place), \(entry.glob.pattern), to \(patterns.joined(separator: ", "))")
      }
    }
    let additions = Self.additions(results, beyond: covered, date)
    remarks += additions.map { "added \($0.pattern): \($0.reason)" }
    remarks += results.remarks
    text = try editor.edited(fates, adding: additions)
    if old.isEmpty && additions.isEmpty { text = Self.beginning }
  }

  /// The text of a baseline without entries.
  package static let beginning = """
    # Known failures and flaky cases, for parley run --baseline. The list is strict: an entry whose case passes, or that
    # matches no case, fails the run. parley baseline update updates this file and keeps comments and order.
    known-failures:

    """

  private static func fate(
    _ entry: Baseline.Entry, _ results: Results, _ whole: WholePlan
  ) -> (BaselineText.Fate, Set<CaseName>) {
    let matched = results.names.filter { entry.glob.matches($0.description) }
    guard !matched.isEmpty else { return (whole.hasCase(for: entry.glob) ? .kept : .removed, []) }
    let described = Set(matched.filter { results.failing[$0].map(entry.describes) ?? false })
    let unwanted = matched.filter { !described.contains($0) && !results.silent.contains($0) }
    if unwanted.isEmpty { return (.kept, described) }
    // A case that was not run may still fail.
    let wanted = described.union(matched.filter { results.notRun.contains($0) })
    guard !wanted.isEmpty else { return (.removed, []) }
    let patterns = GlobCover(covering: wanted, sparing: results.names.filter { !wanted.contains($0) }).patterns
    return (.narrowed(patterns), described)
  }

  private static func additions(
    _ results: Results, beyond covered: Set<CaseName>, _ date: String
  ) -> [BaselineText.Addition] {
    let new = results.failing.filter { !covered.contains($0.key) }
    // One reason for all cases with the same blame.
    let groups = Dictionary(grouping: new.values) { record in
      record.failure.map { "\($0.blame.rawValue): \($0.blamed.joined(separator: " and "))" } ?? "adapter"
    }
    let others = results.names.filter { results.failing[$0] == nil }
    return groups.sorted { $0.key < $1.key }.flatMap { blame, records in
      GlobCover(covering: records.map(\.name), sparing: others).patterns.map {
        BaselineText.Addition(pattern: $0, reason: "fails since \(date), blame \(blame); say why")
      }
    }
  }

  /// The results of each case.
  private struct Results {
    var names: [CaseName] = []
    /// The cases that always failed, each with a failure.
    var failing: [CaseName: CaseRecord] = [:]
    var notRun: Set<CaseName> = []
    /// The cases without a result: not run, or unsupported.
    var silent: Set<CaseName> = []
    var remarks: [String] = []

    init(_ records: [CaseRecord], flaky: [Baseline.Entry]) {
      var passed: Set<CaseName> = []
      var seen: Set<CaseName> = []
      var harness: Set<CaseName> = []
      for record in records {
        if seen.insert(record.name).inserted { names.append(record.name) }
        switch record.outcome {
        case .passed, .unexpected: passed.insert(record.name)
        case .failed, .expected:
          if record.failure?.blame == .harness { harness.insert(record.name) }
          failing[record.name] = record
        case .notRun: notRun.insert(record.name)
        case .unsupported: silent.insert(record.name)
        }
      }
      for name in failing.keys.sorted(by: { $0.description < $1.description }) {
        if let entry = flaky.first(where: { $0.glob.matches(name.description) }) {
          remarks.append("left out \(name): it is listed as flaky (\(entry.record.place)), and every try failed")
        } else if passed.contains(name) {
          remarks.append("left out \(name): it failed and passed in the same run; list it under flaky")
        } else if harness.contains(name) {
          remarks.append("left out \(name): the harness could not do its work")
        } else {
          continue
        }
        failing[name] = nil
      }
      notRun.subtract(passed)
      notRun.subtract(failing.keys)
      silent.formUnion(notRun)
    }
  }
}
