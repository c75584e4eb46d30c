import Foundation

/// A line of PROTOCOL.md that an adapter can break, and what to do when it does.
struct Requirement: Equatable, Sendable {
  /// Words of the line, by which it is found; they stand nowhere else on the page.
  var phrase: String
  /// What to do, in a sentence.
  var cure: String

  init(_ phrase: String, _ cure: String) {
    self.phrase = phrase
    self.cure = cure
  }
}

/// The page with the requirements.
struct ProtocolPage: Sendable {
  private let lines: [Substring]

  init(text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

  init(contentsOf path: String) throws(HarnessError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HarnessError("Cannot read \(path); it is part of the repository.")
    }
    self.init(text: text)
  }

  /// The lines that have a requirement's words, counted from 1.
  func places(of requirement: Requirement) -> [Int] {
    lines.indices.filter { lines[$0].contains(requirement.phrase) }.map { $0 + 1 }
  }

  /// Quotes a requirement with its section and line.
  func quotation(of requirement: Requirement) -> String {
    guard let line = places(of: requirement).first else { return "PROTOCOL.md: \(requirement.phrase)" }
    let section = lines[..<line].last { $0.hasPrefix("## ") }?.dropFirst(3).prefix { $0 != "." } ?? ""
    return "PROTOCOL.md, line \(line) (section \(section)): \(sentence(requirement.phrase, in: lines[line - 1]))"
  }

  /// The sentence around some words; the whole of a table's row.
  private func sentence(_ phrase: String, in line: Substring) -> String {
    guard !line.hasPrefix("|"), let range = line.range(of: phrase) else { return String(line) }
    let start = line[..<range.lowerBound].range(of: ". ", options: .backwards)?.upperBound ?? line.startIndex
    let end = line[range.upperBound...].range(of: ". ")?.lowerBound ?? line.endIndex
    return String(line[start..<end].drop { " -*0123456789.".contains($0) && $0 != "*" })
  }
}
