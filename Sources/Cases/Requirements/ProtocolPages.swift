/// A rule of the adapter protocol as its page has it.
package struct Passage: Equatable, Sendable {
  /// The rule's id.
  package var id: String
  /// The page's name, such as `protocol/values.md`.
  package var page: String
  /// The line on which the rule begins, counted from 1.
  package var line: Int
  /// The heading that it stands under.
  package var section: String
  /// The sentence, or the row of a table, without its id and in plain text.
  package var text: String
}

/// The pages of the adapter protocol, and the rules on them.
///
/// A rule has a mark, such as `**[L4]**`, before its sentence or in its table row. A sentence ends at the first full stop that a blank or
/// the end of the paragraph follows, outside of code.
package struct ProtocolPages: Sendable {
  /// All rules in the order in which they stand on the pages.
  package let passages: [Passage]

  /// Reads the pages.
  ///
  /// - Parameter pages: each page's name, as it is quoted, and its text.
  package init(_ pages: [(name: String, text: String)]) {
    passages = pages.flatMap { Self.passages(of: $0.name, $0.text) }
  }

  /// Where a rule stands and what it says; nil if it is on none of the pages.
  package func passage(of requirement: Requirement) -> Passage? {
    passages.first { $0.id == requirement.rawValue }
  }

  private static func passages(of page: String, _ text: String) -> [Passage] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var passages: [Passage] = []
    var section = ""
    var isCode = false
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      guard !isCode else { continue }
      if line.hasPrefix("#") { section = String(line.drop { $0 == "#" }.drop { $0 == " " }) }
      for mark in line.matches(of: Self.mark) {
        let text = line.hasPrefix("|") ? row(line) : sentence(line[mark.range.upperBound...], lines[(index + 1)...])
        passages.append(
          Passage(id: String(mark.output.id), page: page, line: index + 1, section: section, text: text))
      }
    }
    return passages
  }

  private static var mark: Regex<(Substring, id: Substring)> { #/\*\*\[(?<id>[A-Z][0-9]+)\]\*\*/# }
}

extension ProtocolPages {
  /// A table row's cells as one phrase.
  private static func row(_ line: Substring) -> String {
    let cells = line.replacing(mark, with: "").split(separator: "|").map { plain(trimmed($0)) }.filter { !$0.isEmpty }
    return ([cells.prefix(2).joined(separator: ": ")] + cells.dropFirst(2)).joined(separator: "; ")
  }

  /// A sentence that begins on a line and may go on in the following ones.
  private static func sentence(_ start: Substring, _ following: ArraySlice<Substring>) -> String {
    let rest = following.prefix { !$0.isEmpty && $0.prefixMatch(of: #/- |[|#]|```|[0-9]+\. /#) == nil }
    let text = ([start] + rest).map { trimmed($0) }.joined(separator: " ")
    let own = text.firstMatch(of: mark).map { text[..<$0.range.lowerBound] } ?? text[...]
    var isCode = false
    for (index, character) in zip(own.indices, own) {
      if character == "`" { isCode.toggle() }
      let next = own.index(after: index)
      if character == ".", !isCode, next == own.endIndex || own[next] == " " { return plain(own[...index]) }
    }
    return plain(trimmed(own))
  }

  /// Text without Markdown's emphasis and links; code keeps its marks.
  private static func plain(_ text: Substring) -> String {
    var isCode = false
    let withoutEmphasis = text.filter { character in
      if character == "`" { isCode.toggle() }
      return isCode || character != "*"
    }
    return withoutEmphasis.replacing(#/\[(?<words>[^\]`]+)\](\([^)]*\))?/#) { $0.output.words }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
