package import Journal

/// Says what is wrong with a glob that no case fits: which word of it is unknown, and the nearest right one.
///
/// Pure: names in, a sentence out.
package struct GlobAdvice {
  private var suites: Set<String> = []
  private var channels: Set<String> = []
  private var pairs: Set<String> = []
  private var scenarios: Set<String> = []
  private let names: [CaseName]
  private let adapters: [String]

  /// Learns the words of names.
  ///
  /// - Parameters:
  ///   - names: all cases that there could be.
  ///   - adapters: the adapters' names; the words of pairs if empty.
  package init(_ names: [CaseName], adapters: [String] = []) {
    self.names = names
    for name in names {
      suites.insert(name.suite)
      channels.insert(name.channel)
      pairs.insert(name.pair)
      scenarios.insert(name.scenario)
    }
    self.adapters =
      adapters.isEmpty ? Set(pairs.flatMap { $0.split(separator: "-").map(String.init) }).sorted() : adapters
  }

  /// A sentence about a glob that fits none of the names; it follows `No case fits "…"`.
  package func sentence(_ pattern: String) -> String {
    let parts = Self.parts(pattern)
    if parts.count > 4, !parts.contains(where: { $0.contains("**") }) {
      return "it has \(parts.count) parts, and a name has four: suite/channel/pair/scenario."
    }
    for (index, part) in parts.enumerated() {
      guard let kinds = kinds(at: index, of: parts) else { continue }
      if let problem = problem(part, kinds) { return problem }
    }
    return
      "each of its words is known, but no case has them together\(lastThatFits(parts)); parley list prints all names."
  }

  // MARK: Parts

  private enum Kind: String, CaseIterable {
    case suite, channel, pair, scenario
  }

  /// What a part can be: its place tells, unless a `**` comes before it.
  private func kinds(at index: Int, of parts: [String]) -> [Kind]? {
    if parts[index] == "**" || parts[index].isEmpty { return nil }
    let isAfterStars = parts[..<index].contains { $0.contains("**") }
    guard isAfterStars else { return index < 4 ? [Kind.allCases[index]] : nil }
    // The last part is most likely a scenario, so it comes first.
    return index == parts.count - 1 ? [.scenario, .pair, .channel, .suite] : [.pair, .channel, .suite, .scenario]
  }

  private func words(_ kind: Kind) -> [String] {
    switch kind {
    case .suite: suites.sorted()
    case .channel: channels.sorted()
    case .pair: pairs.sorted()
    case .scenario: scenarios.sorted()
    }
  }

  /// The glob's parts; a slash between braces does not end one.
  private static func parts(_ pattern: String) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in pattern {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == "/", depth <= 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    return parts
  }

  /// What is wrong with a part; nil if a word fits it.
  private func problem(_ part: String, _ kinds: [Kind]) -> String? {
    let glob = CaseGlob(part)
    if kinds.contains(where: { words($0).contains(where: glob.matches) }) { return nil }
    if kinds.count == 1, let kind = kinds.first {
      if let other = Kind.allCases.first(where: { $0 != kind && words($0).contains(where: glob.matches) }) {
        return
          "\"\(part)\" is a \(other.rawValue) and stands in the place of the \(kind.rawValue); a name is suite/channel/pair/scenario."
      }
      if adapters.contains(part) { return "\"\(part)\" is an adapter; --with \(part) selects its pairs." }
    }
    for kind in kinds {
      if let found = nearest(part, kind) {
        return "there is no \(found.what) \"\(found.wrong)\"; did you mean \"\(found.right)\"?"
      }
    }
    guard let kind = kinds.first, kinds.count == 1 else {
      return "nothing in a name is \"\(part)\"; parley list prints all names."
    }
    switch kind {
    case .suite:
      return "there is no suite \"\(part)\"; there are \(words(kind).joined(separator: ", "))."
    case .pair:
      let known = adapters.joined(separator: ", ")
      return "there is no pair \"\(part)\"; a pair is writer-reader, and the adapters are \(known)."
    default: return "there is no \(kind.rawValue) \"\(part)\"; parley list prints all names."
    }
  }

  private struct Nearest {
    /// What kind of word it is, for people.
    var what: String
    var wrong: String
    var right: String
  }

  /// The nearest word for a part, or for the piece of it that is unknown.
  private func nearest(_ part: String, _ kind: Kind) -> Nearest? {
    let (joint, what) = Self.joint(of: kind)
    let known = pieces(kind)
    // The pieces between joints, commas and braces.
    for piece in part.split(whereSeparator: { $0 == joint || "{},".contains($0) }).map(String.init) {
      if known.contains(where: CaseGlob(piece).matches) { continue }
      let plain = piece.filter { $0 != "*" }
      guard let right = NearestWord.to(plain, among: known) else { break }
      return Nearest(what: what, wrong: plain, right: right)
    }
    guard kind != .suite, let right = NearestWord.to(part.filter { $0 != "*" }, among: words(kind)) else { return nil }
    return Nearest(what: kind.rawValue, wrong: part, right: right)
  }

  /// What joins the pieces of a part, and what a piece is.
  private static func joint(of kind: Kind) -> (Character, String) {
    switch kind {
    case .channel: ("+", "transport, framing or codec")
    case .pair: ("-", "adapter")
    case .suite, .scenario: ("/", kind.rawValue)
    }
  }

  private func pieces(_ kind: Kind) -> [String] {
    switch kind {
    case .channel: Set(channels.flatMap { $0.split(separator: "+").map(String.init) }).sorted()
    case .pair: adapters
    case .suite, .scenario: words(kind)
    }
  }

  /// What is wrong with one of the texts between braces, though the others fit; nil if nothing is.
  ///
  /// Only braces that stand for a whole word are looked at: `{fifo,unix}+line`, and not `size-{1,16}`.
  package func mistypedAlternative(in pattern: String) -> String? {
    let parts = Self.parts(pattern)
    for (index, part) in parts.enumerated() where part.contains("{") {
      guard let kinds = kinds(at: index, of: parts), kinds.count == 1, let kind = kinds.first else { continue }
      let (joint, what) = Self.joint(of: kind)
      let known = pieces(kind) + words(kind)
      for match in part.matches(of: /\{([^{}]*)\}/) {
        let before =
          match.range.lowerBound == part.startIndex ? joint : part[part.index(before: match.range.lowerBound)]
        let after = match.range.upperBound == part.endIndex ? joint : part[match.range.upperBound]
        guard before == joint, after == joint else { continue }
        for word in match.1.split(separator: ",").map(String.init)
        where !known.contains(where: CaseGlob(word).matches) {
          return
            "there is no \(what) \"\(word)\"; \(NearestWord.to(word, among: known).map { "did you mean \"\($0)\"?" } ?? "leave it out.")"
        }
      }
    }
    return nil
  }

  /// How far the glob fits, in words.
  private func lastThatFits(_ parts: [String]) -> String {
    for count in stride(from: parts.count - 1, to: 0, by: -1) {
      let head = parts[..<count].joined(separator: "/")
      let glob = CaseGlob(head)
      let fitting = names.count { glob.matches($0.description) }
      if fitting > 0 { return " (\(head) has \(fitting), none of them \"\(parts[count...].joined(separator: "/"))\")" }
    }
    return ""
  }
}
