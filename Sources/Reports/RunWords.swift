import Foundation
import Journal

extension RunSummary {
  /// The end of the run in a word.
  enum State: String {
    case passed
    case failed
    case interrupted
    case cutOff = "cut-off"
  }

  var state: State {
    if isCutOff { return .cutOff }
    if end?.isInterrupted ?? false { return .interrupted }
    return isGreen ? .passed : .failed
  }

  /// How many cases count as failures.
  var badCount: Int { tally[.failed] + tally[.unexpected] }

  /// The run in a few words: what a reader must know first.
  var headline: String {
    let bad = badWords
    switch state {
    case .passed:
      let rest = tally[.notRun] > 0 ? "; \(tally[.notRun]) were not run" : ""
      return "\(tally[.passed]) of \(tally.planned) cases passed, none failed\(rest)"
    case .failed:
      if badCount == 0, stale.isEmpty { return "the counts do not balance" }
      return staleness.map { badCount == 0 ? "\(bad), but \($0)" : "\(bad); \($0)" } ?? bad
    case .interrupted: return "the run was interrupted; \(bad) until then"
    case .cutOff: return "the run was cut off; \(bad) until then"
    }
  }

  /// How many cases failed, and how many passed against the baseline; the numbers are those of the balance.
  private var badWords: String {
    let (failed, unexpected, planned) = (tally[.failed], tally[.unexpected], tally.planned)
    return switch (failed, unexpected) {
    case (0, 0): "no case failed"
    case (0, _): "\(unexpected) of \(planned) cases passed against the baseline"
    case (_, 0): "\(failed) of \(planned) cases failed"
    default: "\(failed) of \(planned) cases failed, \(unexpected) passed against the baseline"
    }
  }

  /// Whether there is something to say of the baseline.
  var hasBaseline: Bool { start?.baseline != nil || tally[.expected] + tally[.unexpected] > 0 }

  /// The outcomes that a legend explains: those of a baseline only if there is one.
  var explainedOutcomes: [Outcome] {
    Outcome.allCases.filter { hasBaseline || $0 != .expected && $0 != .unexpected }
  }

  /// The words that run cases again.
  var rerun: RerunRecord {
    guard let start else { return RerunRecord(command: "") }
    return start.rerun ?? RerunRecord(command: start.command)
  }

  /// How many entries of the baseline are stale, in words; nil for none.
  var staleness: String? {
    guard !stale.isEmpty else { return nil }
    return stale.count == 1
      ? "1 entry of the baseline fits no case" : "\(stale.count) entries of the baseline fit no case"
  }

  /// What is wrong with the run as a whole; nil if it came to its end.
  var incompleteness: String? {
    switch state {
    case .passed, .failed: return nil
    case .interrupted:
      return "The run was interrupted: \(tally[.notRun]) of \(tally.planned) cases were not run."
    case .cutOff:
      let known = tally.planned - missingCount
      return
        "The journal is cut off, so this report is not complete: the run was killed, is still going on, or the disk was"
        + " full. It has the results of \(known) of \(tally.planned) planned cases."
    }
  }
}

extension RunSummary {
  /// The adapters of the run that are not installed, so that their cases were not planned.
  ///
  /// Before version 3 of the journal their cases were planned, and not run.
  var notPlanned: [AdapterRecord] {
    (start?.version ?? 0) >= 3 ? adapters.filter { $0.runtime == nil && $0.cure != nil } : []
  }

  /// The adapters whose cases were planned.
  var planned: [AdapterRecord] {
    let absent = Set(notPlanned.map(\.name))
    return adapters.filter { !absent.contains($0.name) }
  }

  /// How many cases were not planned since an adapter is not installed, in words; nil for none.
  var leftOut: String? {
    guard let count = start?.missingCount, count > 0 else { return nil }
    let place = start?.shard.map { " of shard \($0)" } ?? ""
    return count == 1
      ? "1 case\(place) needs an adapter that is not installed"
      : "\(count) cases\(place) need an adapter that is not installed"
  }

  /// What is not planned, in lines: how many cases, then each adapter that is not installed.
  public var notPlannedLines: [String] {
    (leftOut.map { [$0] } ?? []) + notPlanned.map(\.notPlannedWords)
  }
}

extension AdapterRecord {
  /// What an adapter that is not installed needs, and the command that installs it.
  var notPlannedWords: String {
    let suffix = " is not installed"
    let problem = problem ?? ""
    let need =
      problem.hasSuffix(suffix)
      ? "\(name) needs \(problem.dropLast(suffix.count)), which is not installed" : "\(name): \(problem)"
    return need + (cure.map { "; install it with: \($0)" } ?? "")
  }
}

/// Numbers as every report writes them, whatever the reader's language.
enum Decimal {
  /// A number with a fixed count of digits behind the point.
  static func text(_ value: Double, _ digits: Int) -> String {
    value.formatted(
      .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
  }
}

extension Outcome {
  /// A sign that needs no colour.
  var sign: String {
    switch self {
    case .passed: "✓"
    case .failed: "✗"
    case .expected: "~"
    case .unexpected: "!"
    case .unsupported: "–"
    case .notRun: "○"
    }
  }

  /// What people read.
  var title: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .expected: "failed as expected"
    case .unexpected: "passed against the baseline"
    case .unsupported: "unsupported"
    case .notRun: "not run"
    }
  }

  /// Whether it makes a run red.
  var isBad: Bool { self == .failed || self == .unexpected }
}
