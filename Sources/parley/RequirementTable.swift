import AdapterCheck
import ArgumentParser
import Cases
import Journal
import Reports
import Runner

/// The rules of the adapter protocol as a table: the cases that check each, and where else it is checked.
struct RequirementTable {
  private let coverage: RuleCoverage
  /// Whether the cases have outcomes; those of a plan have none.
  private let hasOutcomes: Bool

  /// Counts the cases of a plan.
  init(_ plan: Plan, _ pages: ProtocolPages) {
    var coverage = RuleCoverage(rules: Requirement.allCases.map(pages.record))
    for entry in plan.entries {
      var record = CaseRecord(name: entry.name, outcome: .notRun)
      record.rules = entry.rules.map(\.rawValue)
      coverage.add(record)
    }
    self.coverage = coverage
    hasOutcomes = false
  }

  /// Counts the cases of a journal by their outcome.
  ///
  /// - Parameters:
  ///   - path: the journal.
  ///   - globs: the names of the cases to count; all of them if there is none.
  /// - Throws: ``JournalFile/Failure`` for what is no journal; a usage error for a journal that names no rules, and for a glob that
  ///   none of its cases fits.
  init(journal path: String, globs: [String]) throws {
    let patterns = globs.map(CaseGlob.init)
    var unused = Set(globs)
    var names: [CaseName] = []
    var coverage = RuleCoverage()
    var (hasEnd, version) = (false, 0)
    let isWhole = try JournalFile.read(path) { event in
      switch event {
      case .caseEnded(let record):
        let name = record.name.description
        names.append(record.name)
        let fitting = patterns.filter { $0.matches(name) }
        for pattern in fitting { unused.remove(pattern.pattern) }
        if patterns.isEmpty || !fitting.isEmpty { coverage.add(record) }
      case .runStarted(let start): version = start.version
      case .rules: coverage.add(event)
      case .runEnded: hasEnd = true
      default: break
      }
    }
    guard !coverage.rows.isEmpty else {
      throw ValidationError(
        "The journal \(path) (version \(version)) names no rules of the protocol; run again to have one that does.")
    }
    if let glob = globs.first(where: unused.contains) {
      throw ValidationError("No case of \(path) fits \"\(glob)\": \(GlobAdvice(names).sentence(glob))")
    }
    if !isWhole || !hasEnd { JournalCases.complainOfCut(path) }
    self.coverage = coverage
    hasOutcomes = true
  }

  /// The table, and a line that sums it up.
  var text: String {
    let counts = hasOutcomes ? ["cases", "passed", "failed", "broken", "not run"] : ["cases"]
    let rows = coverage.rows.map { row -> [String] in
      let numbers =
        hasOutcomes
        ? [row.caseCount, row.passedCount, row.failedCount, row.brokenCount, row.notRunCount] : [row.caseCount]
      let unchecked = Requirement(rawValue: row.rule.id)?.uncheckedYet.map { " (not checked yet: \($0))" }
      let reason = row.rule.untestable.map { " (not testable: \($0))" } ?? unchecked ?? ""
      return [row.rule.id] + numbers.map { $0 == 0 ? "" : String($0) } + [elsewhere(row), row.rule.text + reason]
    }
    let table = TextTable(header: ["rule"] + counts + ["rungs of adapter check", "what it says"], rows: rows)
    return "\(table.text)\n\(legend)\(summary)\n"
  }

  private var legend: String {
    guard hasOutcomes else { return "" }
    return """
      Each number counts cases that check the rule; broken counts those that failed because of it, and not run includes
      unsupported.


      """
  }

  private var summary: String {
    let checked = coverage.rows.filter { $0.caseCount > 0 }
    let rest = coverage.rows.filter { $0.caseCount == 0 && $0.rule.untestable == nil }
    let byRungs = rest.count { Self.rungs[$0.rule.id] != nil }
    let untestable = coverage.rows.count { $0.caseCount == 0 && $0.rule.untestable != nil }
    let broken = hasOutcomes ? " · broken \(coverage.count(.broken))" : ""
    return "rules \(coverage.rows.count) · checked by cases \(checked.count)\(broken)"
      + " · only by adapter check \(byRungs) · not testable \(untestable) · not checked \(rest.count - byRungs)"
  }

  private func elsewhere(_ row: RuleCoverage.Row) -> String {
    Self.rungs[row.rule.id]?.joined(separator: ", ") ?? ""
  }

  /// The rungs of the ladder that check a rule, by its id.
  private static let rungs: [String: [String]] = Rung.allCases.reduce(into: [:]) { rungs, rung in
    for requirement in rung.requirements { rungs[requirement.rawValue, default: []].append(rung.rawValue) }
  }
}
