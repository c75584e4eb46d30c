import Foundation
import Journal
import Reports

/// One line on a terminal's standard error that says how far a run is.
///
/// Nothing in a pipe, with `NO_COLOR`, or in CI.
struct ProgressLine {
  private let isShown: Bool
  private var shownAt: ContinuousClock.Instant?

  init() {
    let environment = ProcessInfo.processInfo.environment
    isShown =
      isatty(2) == 1 && environment["NO_COLOR"] == nil && environment["CI"] == nil && environment["TERM"] != "dumb"
  }

  /// Shows how far the run is, ten times a second at most.
  mutating func show(_ summary: RunSummary, _ event: Event) {
    guard isShown, case .caseEnded(let record) = event else { return }
    if let shownAt, ContinuousClock.now - shownAt < .milliseconds(100) { return }
    shownAt = .now
    let bad = summary.tally[.failed]
    let line = "\(summary.tally.ended)/\(summary.tally.planned)\(bad > 0 ? ", \(bad) failed" : "")  \(record.name)"
    FileHandle.standardError.writeBare("\r\u{1b}[K\(line.prefix(100).description.harmless)")
  }

  /// Takes the line away.
  mutating func clear() {
    guard isShown, shownAt != nil else { return }
    FileHandle.standardError.writeBare("\r\u{1b}[K")
    shownAt = nil
  }
}
