import Journal

/// A run as a badge: an SVG image with the counts.
public struct BadgeReport: Sendable {
  private let summary: RunSummary

  /// Reports on a summary.
  public init(_ summary: RunSummary) { self.summary = summary }

  private static let label = "parley"

  /// The image; ends with a line feed.
  public var text: String {
    let left = Self.width(Self.label)
    let right = Self.width(message)
    let absent = summary.notPlanned.map(\.name).joined(separator: ", ")
    let title = XMLText.escaped("\(Self.label): \(message)" + (absent.isEmpty ? "" : "; not planned: \(absent)"))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" aria-label="\(title)">
        <title>\(title)</title>
        <clipPath id="round"><rect width="\(left + right)" height="20" rx="3"/></clipPath>
        <g clip-path="url(#round)">
          <rect width="\(left)" height="20" fill="#444c56"/>
          <rect x="\(left)" width="\(right)" height="20" fill="\(colour)"/>
        </g>
        <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
          \(Self.text(Self.label, from: 0, width: left))
          \(Self.text(message, from: left, width: right))
        </g>
      </svg>

      """
  }

  /// The counts in words, the bad ones first.
  private var message: String {
    var words: [String] = []
    switch summary.state {
    case .cutOff: words.append("cut off")
    case .interrupted: words.append("interrupted")
    case .passed, .failed: break
    }
    if summary.tally[.failed] > 0 { words.append("\(summary.tally[.failed]) failed") }
    if summary.tally[.unexpected] > 0 { words.append("\(summary.tally[.unexpected]) unexpected") }
    if !summary.stale.isEmpty { words.append("\(summary.stale.count) stale") }
    words.append("\(summary.tally[.passed]) passed")
    if summary.tally[.expected] > 0 { words.append("\(summary.tally[.expected]) known") }
    return words.joined(separator: ", ")
  }

  private var colour: String {
    switch summary.state {
    case .passed: "#1a7f37"
    case .failed: "#cf222e"
    case .interrupted, .cutOff: "#9a6700"
    }
  }

  /// About the width in Verdana at 11 pixels, with the margins; `textLength` makes it exact.
  private static func width(_ text: String) -> Int { Int((Double(text.count) * 6.6).rounded()) + 12 }

  private static func text(_ text: String, from start: Int, width: Int) -> String {
    let middle = Decimal.text(Double(start) + Double(width) / 2, 1)
    return "<text x=\"\(middle)\" y=\"14\" textLength=\"\(width - 12)\">\(XMLText.escaped(text))</text>"
  }
}
