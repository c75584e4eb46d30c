import Foundation
import Journal

/// One failure as text: a block that stands by itself.
struct FailureBlock {
  let record: CaseRecord
  /// The words that run cases again.
  let rerun: RerunRecord

  var text: String {
    let word = record.outcome == .unexpected ? "UNEXPECTED PASS" : "FAILED"
    var lines = ["\(word) \(record.name)"]
    if let failure = record.failure {
      lines += Self.lines(failure) + Self.remedy(failure)
    } else {
      lines.append("  \(record.reason ?? "")")
    }
    let again = "  again     \(rerun.command(record.name))"
    return (lines + baseline + [again]).joined(separator: "\n") + "\n"
  }

  /// What the baseline says of the case, and what is to be done about it there.
  private var baseline: [String] {
    var lines = record.baselineWords.map { verb, rest in
      "  \(verb.padding(toLength: 10, withPad: " ", startingAt: 0))\(rest)"
    }
    if let flaky = record.flaky, !flaky.failures.isEmpty || record.outcome == .failed {
      lines.append("  flaky     \(flaky.entry.place) allows \(flaky.retries + 1) tries; this was number \(flaky.tries)")
    }
    return lines
  }

  /// What there is to say of a failure, whichever case it is of.
  static func lines(_ failure: Failure) -> [String] {
    let who = failure.blamed.isEmpty ? "" : ": \(failure.blamed.joined(separator: " and "))"
    var lines = ["  blame     \(failure.blame.rawValue)\(who)"]
    lines.append("  expected  \(indented(failure.expected))")
    lines.append("  seen      \(indented(failure.seen))")
    if let difference = failure.difference { lines += Self.lines(difference) }
    for endpoint in failure.endpoints {
      lines.append("  \(endpoint.name), last commands:")
      lines += endpoint.commands.isEmpty ? ["    (none)"] : endpoint.commands.map { "    \($0)" }
      if !endpoint.standardError.isEmpty {
        lines.append("  \(endpoint.name), standard error:")
        lines += endpoint.standardError.split(whereSeparator: \.isNewline).map { "    | \($0)" }
      }
    }
    return lines
  }

  /// The rule that a failure breaks, and what to do about it.
  static func remedy(_ failure: Failure) -> [String] {
    [("breaks", failure.rule?.quotation), ("next", failure.advice)].compactMap { verb, text in
      text.map { "  \(verb.padding(toLength: 10, withPad: " ", startingAt: 0))\(indented($0))" }
    }
  }

  private static func indented(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: "\n            ")
  }

  private static func lines(_ difference: ByteDifference) -> [String] {
    let (expected, seen) = (pairs(difference.expected), pairs(difference.seen))
    let mark = difference.offset - difference.windowStart
    return [
      "  differs   at offset \(difference.offset): \(difference.field), of \(difference.subject)",
      "            offset \(difference.windowStart), \(difference.source) first, then what was seen:",
      "            \(dump(expected))",
      "            \(dump(seen))",
      "            \(String(repeating: " ", count: 3 * mark))^^",
    ]
  }

  private static func pairs(_ digits: String) -> [String] {
    let digits = Array(digits)
    return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<min($0 + 2, digits.count)]) }
  }

  private static func dump(_ bytes: [String]) -> String {
    let text = bytes.map { digits -> String in
      guard let byte = UInt8(digits, radix: 16), (0x20...0x7e).contains(byte) else { return "." }
      return String(UnicodeScalar(byte))
    }
    return bytes.isEmpty ? "(nothing)" : "\(bytes.joined(separator: " "))  |\(text.joined())|"
  }
}
