package import Cases
import Foundation
import Runner

/// A line of PROTOCOL.md that an adapter can break, and what to do when it does.
package struct Requirement: Equatable, Sendable {
  /// Words of the line, by which it is found; they stand nowhere else on the page.
  package var phrase: String
  /// What to do, in a sentence.
  package var cure: String

  package init(_ phrase: String, _ cure: String) {
    self.phrase = phrase
    self.cure = cure
  }
}

/// The page with the requirements.
package struct ProtocolPage: Sendable {
  private let lines: [Substring]

  package init(text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

  package init(contentsOf path: String) throws(HarnessError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HarnessError("Cannot read \(path); it is part of the repository.")
    }
    self.init(text: text)
  }

  /// The lines that have a requirement's words, counted from 1.
  package func places(of requirement: Requirement) -> [Int] {
    lines.indices.filter { lines[$0].contains(requirement.phrase) }.map { $0 + 1 }
  }

  /// Quotes a requirement with its section and line.
  package func quotation(of requirement: Requirement) -> String {
    guard let line = places(of: requirement).first else { return "PROTOCOL.md: \(requirement.phrase)" }
    let section = lines[..<line].last { $0.hasPrefix("## ") }?.dropFirst(3).prefix { $0 != "." } ?? ""
    return "PROTOCOL.md, line \(line) (section \(section)): \(sentence(requirement.phrase, at: line - 1))"
  }

  /// The sentence around some words; the whole of a table's row.
  private func sentence(_ phrase: String, at index: Int) -> String {
    guard !lines[index].hasPrefix("|") else { return String(lines[index]) }
    let text = paragraph(at: index)
    guard let range = text.range(of: phrase) else { return phrase }
    let start = text[..<range.lowerBound].range(of: ". ", options: .backwards)?.upperBound ?? text.startIndex
    // The words may themselves be the end of a sentence.
    let rest = text[range.lowerBound..<range.upperBound].last == "." ? range.upperBound : nil
    let end = rest ?? text[range.upperBound...].range(of: ". ")?.lowerBound ?? text.endIndex
    let sentence = String(text[start..<end])
    return sentence.hasSuffix(".") ? sentence : sentence + "."
  }

  /// The lines around one that belong together, as one.
  private func paragraph(at index: Int) -> String {
    func begins(_ line: Substring) -> Bool {
      line.hasPrefix("- ") || line.hasPrefix("|") || line.hasPrefix("#") || line.prefixMatch(of: #/[0-9]+\.\s/#) != nil
    }
    var (first, last) = (index, index)
    while first > 0, !begins(lines[first]), !lines[first - 1].isEmpty { first -= 1 }
    while last + 1 < lines.count, !lines[last + 1].isEmpty, !begins(lines[last + 1]) { last += 1 }
    var text = lines[first...last].map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")[...]
    if let mark = text.prefixMatch(of: #/([0-9]+\.|-)\s/#) { text = text[mark.range.upperBound...] }
    return String(text)
  }
}
