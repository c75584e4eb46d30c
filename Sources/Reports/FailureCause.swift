import Journal

/// Failures that look alike: the same adapters are blamed on the same side for the same finding, in the same field and with the same
/// kind of error.
///
/// Journals before version 3 have no codes of findings. Their failures are alike if the same was seen, but for numbers, quoted text and
/// the other side.
struct FailureCause {
  /// Who is blamed, in words.
  let who: String
  /// The code of the finding; nil in journals before version 3.
  let code: String?
  /// The field that differs in the first of them; nil if no bytes differ.
  let field: String?
  /// The rule that the first of them breaks.
  let rule: RuleRecord?
  /// What was seen in the first of them.
  let seen: String
  /// What was expected in the first of them.
  let expected: String
  /// Where the cases stand among those that were given.
  var indices: [Int]

  /// Groups failures; the largest group comes first, and of two alike the one that was met first.
  static func causes(_ records: [CaseRecord]) -> [Self] {
    var causes: [Self] = []
    var places: [[String]: Int] = [:]
    for (index, record) in records.enumerated() where record.outcome.isBad {
      let cause = Self(record, index)
      let key = cause.key(errorKind: record.failure?.errorKind)
      if let place = places[key] {
        causes[place].indices.append(index)
      } else {
        places[key] = causes.count
        causes.append(cause)
      }
    }
    return causes.enumerated().sorted {
      ($1.element.indices.count, $0.offset) < ($0.element.indices.count, $1.offset)
    }.map(\.element)
  }

  private init(_ record: CaseRecord, _ index: Int) {
    let failure = record.failure
    let blamed = failure?.blamed ?? []
    who = failure.map { blamed.isEmpty ? $0.blame.rawValue : blamed.joined(separator: " and ") } ?? record.outcome.title
    seen = failure?.seen ?? record.reason ?? ""
    expected = failure?.expected ?? ""
    code = failure?.code
    field = failure?.difference?.field
    rule = failure?.rule
    indices = [index]
  }

  /// What is the same in all failures of a cause.
  private func key(errorKind: String?) -> [String] {
    guard let code else { return [who, Self.shape(seen)] }
    return [who, code, Self.withoutNumbers(field ?? ""), errorKind ?? ""]
  }

  /// A field's name without the message's number and the byte's, which depend on the case and not on the fault.
  private static func withoutNumbers(_ field: String) -> String {
    String(decoding: field.utf8.filter { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self)
  }

  /// What remains of a text without its numbers, quoted parts, paths, and the names of endpoints.
  private static func shape(_ text: String) -> String {
    var result: [UInt8] = []
    var isQuoted = false
    for byte in text.utf8.prefix(600) {
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted {
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        if isDigit && result.last == UInt8(ascii: "#") { continue }
        result.append(isDigit ? UInt8(ascii: "#") : byte)
      }
    }
    let words = String(decoding: result, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    return words.enumerated().map { index, word in
      let next = index + 1 < words.count ? words[index + 1] : ""
      return next.hasPrefix("(reader)") || next.hasPrefix("(writer)") || word.hasPrefix("/") ? "…" : String(word)
    }.joined(separator: " ")
  }
}
