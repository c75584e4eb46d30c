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
  ///   - isInterrupted: whether the run was interrupted, so that a case that was not run says nothing.
  /// - Throws: ``HarnessError`` for a baseline that cannot be read or edited.
  package init(
    _ old: String, file: String, records: [CaseRecord], whole: WholePlan, date: String,
    isInterrupted: Bool = false
  ) throws(HarnessError) {
    self.old = old
    let editor = try BaselineText(old.isEmpty ? Self.beginning : old, file: file)
    let results = Results(records, flaky: editor.flaky, isInterrupted: isInterrupted)
    var covered: Set<CaseName> = []
    var fates: [BaselineText.Fate] = []
    var listed: [Listed: String] = [:]
    for entry in editor.known {
      let (asked, cases) = Self.fate(entry, results, whole)
      covered.formUnion(cases)
      let (fate, twin) = Self.once(asked, entry, &listed)
      fates.append(fate)
      switch fate {
      case .kept: break
      case .removed:
        let why = twin.map { "\($0) lists the same" } ?? "nothing fails as it says"
        remarks.append("removed \(entry.record.place), \(entry.glob.pattern): \(why)")
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
    let patterns = GlobCover(covering: wanted, sparing: results.telling { !wanted.contains($0) }).patterns
    return (.narrowed(patterns), described)
  }

  /// What makes two entries say the same.
  private struct Listed: Hashable {
    var pattern: String
    var contains: String?
  }

  /// Leaves out of an entry what an earlier one lists; tells which, if nothing is left.
  private static func once(
    _ fate: BaselineText.Fate, _ entry: Baseline.Entry, _ listed: inout [Listed: String]
  ) -> (BaselineText.Fate, twin: String?) {
    let patterns: [String]
    switch fate {
    case .kept: patterns = [entry.record.pattern]
    case .removed: return (.removed, nil)
    case .narrowed(let narrow): patterns = narrow
    }
    var (new, twin): ([String], String?) = ([], nil)
    for pattern in patterns {
      let key = Listed(pattern: pattern, contains: entry.record.contains)
      if let earlier = listed[key] {
        twin = earlier
      } else {
        listed[key] = entry.record.place
        new.append(pattern)
      }
    }
    if new.isEmpty { return (.removed, twin) }
    return (new.count == patterns.count ? fate : .narrowed(new), nil)
  }

  private static func additions(
    _ results: Results, beyond covered: Set<CaseName>, _ date: String
  ) -> [BaselineText.Addition] {
    let new = results.failing.values.filter { !covered.contains($0.name) }.sorted {
      $0.name.description < $1.name.description
    }
    let others = results.telling { results.failing[$0] == nil }
    let blamed = Dictionary(uniqueKeysWithValues: new.map { ($0.name, $0.failure?.adapters ?? []) })
    // All at once: one bug may be seen at the writer here, and at the reader there.
    let cover = GlobCover(covering: new.map(\.name), sparing: others, blamed: blamed)
    return cover.patterns.map { pattern in
      let glob = CaseGlob(pattern)
      let blame = blames(of: new.filter { glob.matches($0.name.description) })
      return BaselineText.Addition(pattern: pattern, reason: "fails since \(date), blame \(blame); say why")
    }
  }

  /// Who is blamed, those with most cases first.
  private static func blames(of records: [CaseRecord]) -> String {
    var counts: [String: Int] = [:]
    for record in records {
      let blame = record.failure.map { "\($0.blame.rawValue): \($0.blamed.joined(separator: " and "))" } ?? "adapter"
      counts[blame, default: 0] += 1
    }
    let names = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let rest = names.count - 3
    return names.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) \(rest == 1 ? "other" : "others")" : "")
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
    private let flaky: [Baseline.Entry]
    private let isInterrupted: Bool

    init(_ records: [CaseRecord], flaky: [Baseline.Entry], isInterrupted: Bool) {
      self.flaky = flaky
      self.isInterrupted = isInterrupted
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

    /// The cases that a glob must not match, of those that are not wanted.
    ///
    /// A case without a result may be matched, since it makes nothing unexpected: an adapter that was put aside has hundreds
    /// of them. It may not if the run was interrupted, because it would pass in the next one, or if it is listed as flaky.
    func telling(_ isUnwanted: (CaseName) -> Bool) -> [CaseName] {
      names.filter { name in
        guard isUnwanted(name) else { return false }
        if !silent.contains(name) || isInterrupted && notRun.contains(name) { return true }
        return flaky.contains { $0.glob.matches(name.description) }
      }
    }
  }
}

extension Failure {
  /// The blamed adapters, without their sides.
  fileprivate var adapters: Set<String> {
    Set(blamed.map { String($0.prefix { $0 != " " }) })
  }
}
