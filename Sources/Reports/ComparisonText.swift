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
    let parts = comparison.changeLists.map(section)
    return (parts + [counts]).joined(separator: "\n").harmless
  }

  private func section(_ list: ChangeList) -> String {
    let title = "\(list.title), \(list.count) \(list.count == 1 ? "case" : "cases"):"
    if list.isCount {
      return "\(title) \(list.lines.joined())\(list.count > 1 ? " and \(list.count - 1) more" : "")\n"
    }
    var lines = [title]
    lines += list.lines.prefix(Self.shown).map { "  \($0)" }
    if list.lines.count > Self.shown { lines.append("  and \(list.lines.count - Self.shown) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var counts: String {
    "compared \(comparison.commonCount) · newly failing \(comparison.newlyFailing.count) · lost \(comparison.lost.count)"
      + " · newly passing \(comparison.newlyPassing.count) · now known \(comparison.newlyKnown.count)"
      + " · new \(comparison.added.count) · gone \(comparison.removed.count) · slower \(comparison.slower.count)"
      + " · pace \(Decimal.text(comparison.pace, 2))\n"
  }
}
