package import Cases
import Foundation
import Journal
import Yams

/// A baseline's text, edited line by line to keep comments and order.
///
/// A comment directly above an entry is removed with it, unless it is directly below the list's key and describes the list.
package struct BaselineText {
  /// The change to a known failure.
  package enum Fate: Equatable {
    case kept
    case removed
    /// Replaced by one entry for each of these globs, with the same reason, link and text.
    case narrowed([String])
  }

  /// A known failure to add.
  package struct Addition: Equatable {
    package var pattern: String
    package var reason: String
  }

  private let lines: [String]
  private let layout: BaselineLayout
  private let file: String

  package init(_ text: String, file: String) throws(HarnessError) {
    self.file = file
    layout = try BaselineLayout(text: text, file: file)
    // Split by bytes, because Swift treats CR LF as one character.
    lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(Substring($0)) }
  }

  /// The known failures, in order.
  package var known: [Baseline.Entry] { layout.known.map(\.entry) }
  /// The flaky cases, in order.
  package var flaky: [Baseline.Entry] { layout.flaky.map(\.entry) }

  /// Applies changes.
  ///
  /// - Parameters:
  ///   - fates: the change to each known failure, in order.
  ///   - additions: the known failures to add at the end of the list.
  /// - Returns: the new text, which has been parsed again to check it.
  /// - Throws: ``HarnessError`` for YAML that cannot be edited line by line.
  package func edited(_ fates: [Fate], adding additions: [Addition]) throws(HarnessError) -> String {
    let isChanged = fates.contains { $0 != .kept } || !additions.isEmpty
    if layout.knownList?.isFlow ?? false, !layout.known.isEmpty, isChanged {
      throw HarnessError(
        "\(file):\(layout.knownList?.keyLine ?? 1): the list is written in brackets, which cannot be edited line by line; write each entry on a line of its own that begins with \"- case:\".",
        isUsage: true)
    }
    var spans: [Range<Int>] = []
    for index in layout.known.indices { spans.append(try span(index)) }
    var result: [String] = []
    var next = 0
    for (index, fate) in fates.enumerated() {
      let span = spans[index]
      switch fate {
      case .kept:
        result += lines[next..<span.upperBound]
      case .removed:
        let start = leadingComments(before: span.lowerBound, notBefore: index > 0 ? spans[index - 1].upperBound : nil)
        result += lines[next..<max(next, start)]
        if isBlank(result.last ?? ""), span.upperBound < lines.count, isBlank(lines[span.upperBound]) {
          result.removeLast()
        }
      case .narrowed(let patterns):
        result += lines[next..<span.lowerBound]
        for pattern in patterns { result += try replaced(span, layout.known[index], by: pattern) }
      }
      next = span.upperBound
    }
    let inserted = additionLines(additions)
    if !inserted.isEmpty { try insert(inserted, into: &result, &next) }
    result += lines[next...]
    let text = result.joined(separator: "\n")
    try verify(text, fates, additions)
    return text
  }

  // MARK: The position of an entry

  /// The lines of a known failure, from its dash to its last word; indices from 0.
  private func span(_ index: Int) throws(HarnessError) -> Range<Int> {
    let start = try dashLine(layout.known[index])
    let indentation = lines[start].prefix { $0 == " " }.count
    var end = index + 1 < layout.known.count ? try dashLine(layout.known[index + 1]) : listEnd
    // Lines between two entries belong to neither; a deeper line is part of a multi-line string, even if it begins with #.
    while end > start + 1,
      isBlank(lines[end - 1]) || isMarker(lines[end - 1])
        || isComment(lines[end - 1]) && lines[end - 1].prefix(while: { $0 == " " }).count <= indentation
    { end -= 1 }
    guard end > start else { throw uneditable(layout.known[index]) }
    return start..<end
  }

  private var listEnd: Int {
    guard let list = layout.knownList else { return lines.count }
    return layout.keyLines.filter { $0 > list.keyLine }.min().map { $0 - 1 } ?? lines.count
  }

  private func dashLine(_ item: BaselineLayout.Item) throws(HarnessError) -> Int {
    var line = item.entry.record.line - 1
    while line >= 0, line < lines.count {
      let words = lines[line].drop { $0 == " " }
      if words.first == "-" { return line }
      // The dash may be alone on a line above.
      guard line == item.entry.record.line - 1 || isBlank(lines[line]) || isComment(lines[line]) else { break }
      line -= 1
    }
    throw uneditable(item)
  }

  /// The first line of the comments directly above an entry.
  private func leadingComments(before start: Int, notBefore bound: Int?) -> Int {
    let bound = bound ?? (layout.knownList?.keyLine ?? 0)
    var line = start
    while line > bound, isComment(lines[line - 1]) { line -= 1 }
    // Comments directly below the key describe the list.
    return line == layout.knownList?.keyLine ? start : line
  }

  private func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
  private func isComment(_ line: String) -> Bool { line.drop { $0 == " " || $0 == "\t" }.first == "#" }
  private func isMarker(_ line: String) -> Bool { line.hasPrefix("---") || line.hasPrefix("...") }

  // MARK: New lines

  /// The lines of an entry with another pattern.
  private func replaced(
    _ span: Range<Int>, _ item: BaselineLayout.Item, by pattern: String
  ) throws(HarnessError) -> [String] {
    var copy = Array(lines[span])
    let line = item.caseMark.line - 1 - span.lowerBound
    guard copy.indices.contains(line) else { throw uneditable(item) }
    let scalars = Array(copy[line].unicodeScalars)
    let start = item.caseMark.column - 1
    guard start >= 0, start < scalars.count, let end = Self.end(of: scalars, from: start, isFlow: item.isFlow) else {
      throw uneditable(item)
    }
    copy[line] = Self.text(scalars[..<start]) + Self.quoted(pattern) + Self.text(scalars[end...])
    return copy
  }

  /// Where a scalar ends; nil if it continues on the next line or has a form that is not edited.
  private static func end(of scalars: [Unicode.Scalar], from start: Int, isFlow: Bool) -> Int? {
    let first = scalars[start]
    if first == "\"" || first == "'" {
      return scalars[(start + 1)...].firstIndex(of: first).map { $0 + 1 }
    }
    if ["&", "!", "|", ">", "*"].contains(first) { return nil }
    var end = start
    while end < scalars.count {
      if scalars[end] == "#", scalars[end - 1] == " " { break }
      if isFlow, scalars[end] == "," || scalars[end] == "}" { break }
      end += 1
    }
    while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
    return end
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// A string as a YAML scalar on one line.
  package static func quoted(_ text: String) -> String {
    let isPlain =
      text.wholeMatch(of: /[A-Za-z][A-Za-z0-9._\/+*-]*/) != nil
      && !["true", "false", "null", "yes", "no"].contains(text)
    if isPlain { return text }
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.properties.generalCategory == .control || scalar.properties.isWhitespace && scalar != " ": " "
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }

  private func additionLines(_ additions: [Addition]) -> [String] {
    let usual = layout.known.first.flatMap { try? dashLine($0) }
    let indentation = usual.map { String(lines[$0].prefix { $0 == " " }) } ?? "  "
    let end = lines.contains { $0.hasSuffix("\r") } ? "\r" : ""
    return additions.flatMap {
      [
        "\(indentation)- case: \(Self.quoted($0.pattern))\(end)",
        "\(indentation)  reason: \(Self.quoted($0.reason))\(end)",
      ]
    }
  }

  private func insert(_ new: [String], into result: inout [String], _ next: inout Int) throws(HarnessError) {
    guard let list = layout.knownList else {
      result += lines[next...]
      next = lines.count
      // The last line is what follows the last line feed: usually nothing.
      if result.last == "" { result.removeLast() }
      if let last = result.last, !isBlank(last) { result.append("") }
      result += ["\(BaselineLayout.knownKey):"] + new + [""]
      return
    }
    guard layout.known.isEmpty else {
      if next == lines.count { result += new + [""] } else { result += new }
      return
    }
    // After the key, whose value may be written as an empty list.
    result += lines[next..<list.keyLine]
    next = list.keyLine
    if list.isFlow, let key = result.popLast() {
      guard let range = key.range(of: #":\s*\[\s*\]"#, options: .regularExpression) else {
        throw HarnessError(
          "\(file):\(list.keyLine): the empty list is not written as []; write \(BaselineLayout.knownKey): [].",
          isUsage: true)
      }
      result.append(key.replacingCharacters(in: range, with: ":"))
    }
    while next < listEnd, isComment(lines[next]) {
      result.append(lines[next])
      next += 1
    }
    result += next == lines.count ? new + [""] : new
  }

  // MARK: Check

  /// Parses the new text, so that a wrong edit is never written.
  private func verify(_ text: String, _ fates: [Fate], _ additions: [Addition]) throws(HarnessError) {
    var wanted: [[String?]] = []
    for (entry, fate) in zip(known, fates) {
      let patterns: [String] =
        switch fate {
        case .kept: [entry.record.pattern]
        case .removed: []
        case .narrowed(let patterns): patterns
        }
      wanted += patterns.map { [$0, entry.record.reason, entry.record.link, entry.record.contains] }
    }
    wanted += additions.map { [$0.pattern, $0.reason, nil, nil] }
    let new: BaselineLayout
    do {
      new = try BaselineLayout(text: text, file: file)
    } catch {
      throw HarnessError(
        "\(file) is written in a way that cannot be edited line by line (\(error)); it is unchanged.")
    }
    let found = new.known.map(\.entry.record).map { [$0.pattern, $0.reason, $0.link, $0.contains] }
    guard found == wanted, new.flaky.map(\.entry.glob) == flaky.map(\.glob) else {
      throw HarnessError("\(file) is written in a way that cannot be edited line by line; it is unchanged.")
    }
  }

  private func uneditable(_ item: BaselineLayout.Item) -> HarnessError {
    HarnessError(
      "\(item.entry.record.place): the entry is written in a way that cannot be edited line by line; write \"- case: NAME\" on a line, and the other keys below it.",
      isUsage: true)
  }
}
