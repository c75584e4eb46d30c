import Foundation
import Journal

/// A comparison of two runs as text for a terminal or a log.
public struct ComparisonText: Sendable {
  private let comparison: RunComparison

  /// The most cases that are shown of each kind.
  static let shown = 50

  /// Shows a comparison.
  public init(_ comparison: RunComparison) { self.comparison = comparison }

  /// The whole text; ends with a line feed, and its last line has the counts.
  public var text: String {
    let parts = [
      section("newly failing", comparison.newlyFailing), section("lost: passed before", comparison.lost),
      section("newly passing", comparison.newlyPassing),
      section("now a known failure: passed before", comparison.newlyKnown), section("new", comparison.added),
      section("gone", comparison.removed), slower,
    ].filter { !$0.isEmpty }
    return TextReport.harmless((parts + [counts]).joined(separator: "\n"))
  }

  private func section(_ title: String, _ changes: [RunComparison.Change]) -> String {
    guard !changes.isEmpty else { return "" }
    var lines = ["\(title), \(changes.count) \(changes.count == 1 ? "case" : "cases"):"]
    for change in changes.prefix(Self.shown) {
      let outcomes = "\(Self.word(change.old)) → \(Self.word(change.new))"
      let why = change.why?.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
      lines.append("  \(change.name)  \(outcomes)\(why)")
    }
    if changes.count > Self.shown { lines.append("  and \(changes.count - Self.shown) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var slower: String {
    guard !comparison.slower.isEmpty else { return "" }
    var lines = [
      "slower by more than noise, \(comparison.slower.count) \(comparison.slower.count == 1 ? "case" : "cases"):"
    ]
    for slow in comparison.slower.prefix(Self.shown) {
      lines.append(
        "  \(slow.name)  \(Self.milliseconds(slow.old)) → \(Self.milliseconds(slow.new)), \(Self.decimal(slow.factor)) times as long"
      )
    }
    if comparison.slower.count > Self.shown { lines.append("  and \(comparison.slower.count - Self.shown) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var counts: String {
    "compared \(comparison.commonCount) · newly failing \(comparison.newlyFailing.count) · lost \(comparison.lost.count)"
      + " · newly passing \(comparison.newlyPassing.count) · now known \(comparison.newlyKnown.count)"
      + " · new \(comparison.added.count) · gone \(comparison.removed.count) · slower \(comparison.slower.count)"
      + " · pace \(Self.decimal(comparison.pace))\n"
  }

  private static func word(_ outcome: Outcome?) -> String {
    switch outcome {
    case nil: "not there"
    case .notRun?: "not run"
    case let outcome?: outcome.rawValue
    }
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(decimal(seconds * 1000)) ms" }

  private static func decimal(_ value: Double) -> String {
    value.formatted(
      .number.precision(.fractionLength(2)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
  }
}
