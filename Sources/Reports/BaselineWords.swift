import Journal

/// What reports say of a baseline's entries and of cases that it lists.
extension BaselineEntryRecord {
  /// Why the entry is there, and where more is said.
  var why: String { reason + (link.map { ", \($0)" } ?? "") }

  /// The entry on one line: where it stands, what it lists, and why.
  var inFull: String { "\(place), \(pattern) (\(why))" }

  /// What is wrong with the entry if it is stale, and what is to be done.
  var staleWords: String { "\(place): no case of the plan fits \(pattern) (\(why)); delete the entry" }
}

extension CaseRecord {
  /// What is to be done in the baseline about a case that passes and is listed as failing, or that fails otherwise.
  var baselineWords: [(verb: String, rest: String)] {
    (known ?? []).compactMap { entry in
      switch outcome {
      case .unexpected where entry.isOneCase: return ("delete", entry.inFull)
      case .unexpected:
        return ("narrow", "\(entry.inFull), to the cases that still fail; delete it if none does")
      case .expected: return ("known", entry.inFull)
      default:
        let text = (entry.contains ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        return ("baseline", "\(entry.place) knows a failure that contains \"\(text)\", and this one does not")
      }
    }
  }

  /// How a flaky case came to its end, in a line; nil if it is not listed as flaky, or passed at once.
  var flakyWords: String? {
    guard let flaky, !flaky.failures.isEmpty else { return nil }
    let seen = flaky.failures.first?.seen.split(whereSeparator: \.isNewline).first.map { "; at first: \($0)" } ?? ""
    return "\(flakyEnd) (\(flaky.entry.place), \(flaky.entry.why))\(seen)"
  }

  private var flakyEnd: String {
    let tries = flaky?.tries ?? 0
    switch outcome {
    case .passed: return "passed at try \(tries) of \((flaky?.retries ?? 0) + 1)"
    case .failed: return "failed at all \(tries) tries"
    default: return "\(outcome.rawValue) after try \(tries)"
    }
  }
}
