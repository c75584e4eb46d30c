import Cases
package import Journal

/// Finds few and narrow globs that match all failing cases and none of the others.
///
/// Pure. Each part of a glob is a part of a name, one cut where its words are joined (`unix+*`, `*-python`, `size-*`), or
/// `*`. Of the globs that match none of the others, a greedy loop takes the one that covers most of the remaining cases,
/// and the narrowest among equals, until all are covered. Then globs are joined with braces, `{size-1,size-2}`, as far as
/// they still match none of the others.
package struct GlobCover {
  private let failing: [CaseName]
  private let others: [CaseName]
  private let blamed: [CaseName: Set<String>]

  /// Creates a cover.
  ///
  /// - Parameters:
  ///   - failing: the cases to match.
  ///   - others: the cases not to match.
  ///   - blamed: the adapters blamed for a failing case; globs of different ones are not joined.
  package init(
    covering failing: some Sequence<CaseName>, sparing others: some Sequence<CaseName>,
    blamed: [CaseName: Set<String>] = [:]
  ) {
    // Sorted, so that the same cases always give the same globs.
    self.failing = Set(failing).sorted { $0.description < $1.description }
    self.others = Array(others)
    self.blamed = blamed
  }

  /// The globs, sorted; together they match every failing case and none of the others.
  package var patterns: [String] {
    var terms = Terms()
    var covered: [Candidate: [Int]] = [:]
    for (index, name) in failing.enumerated() {
      terms.forEachCandidate(of: name) { covered[$0, default: []].append(index) }
    }
    for name in others { terms.forEachCandidate(of: name) { covered[$0] = nil } }
    let globs = chosen(covered, terms).map { candidate in
      let parts = [candidate.suite, candidate.channel, candidate.pair, candidate.scenario]
      let blamed = covered[candidate, default: []].reduce(into: Set()) {
        $0.formUnion(self.blamed[failing[$1], default: []])
      }
      return JoinedGlob(parts: parts.map { [terms.text($0)] }, blamed: blamed)
    }
    return JoinedGlob.fewest(globs, covering: failing, sparing: others).map(\.text).sorted()
  }

  private typealias Ranked = (candidate: Candidate, cases: [Int], width: Int, text: String)

  private func chosen(_ covered: [Candidate: [Int]], _ terms: Terms) -> [Candidate] {
    // Those that cover most cases first; among equals the narrowest.
    let ranked: [Ranked] = covered.map { ($0.key, $0.value, terms.width($0.key), terms.text($0.key)) }
      .sorted { ($1.cases.count, $0.width, $0.text) < ($0.cases.count, $1.width, $1.text) }
    var isLeft = [Bool](repeating: true, count: failing.count)
    var leftCount = failing.count
    var chosen: [Candidate] = []
    while leftCount > 0 {
      var best = (index: -1, gain: 0)
      for (index, one) in ranked.enumerated() {
        // No later glob can cover more.
        if one.cases.count <= best.gain { break }
        let gain = one.cases.count { isLeft[$0] }
        if gain > best.gain { best = (index, gain) }
      }
      guard best.index >= 0 else { break }
      let gained = ranked[best.index].cases.filter { isLeft[$0] }
      chosen.append(narrowest(ranked, best.index, gained).candidate)
      for index in gained { isLeft[index] = false }
      leftCount -= gained.count
    }
    return chosen
  }

  /// The narrowest glob that gains the same cases; it may cover fewer of those covered already.
  private func narrowest(_ ranked: [Ranked], _ best: Int, _ gained: [Int]) -> Ranked {
    let one = ranked[best]
    guard gained.count < one.cases.count else { return one }
    return ranked.filter { $0.cases.count >= gained.count && $0.width < one.width }
      .filter { Set($0.cases).isSuperset(of: gained) }.min { ($0.width, $0.text) < ($1.width, $1.text) } ?? one
  }

  /// A glob as the numbers of its parts' terms.
  private struct Candidate: Hashable {
    var suite: Int32
    var channel: Int32
    var pair: Int32
    var scenario: Int32
  }

  /// The terms for parts of names, each with a number.
  private struct Terms {
    private var numbers: [String: Int32] = [:]
    private var texts: [String] = []
    private var known: [String: [Int32]] = [:]

    mutating func forEachCandidate(of name: CaseName, _ body: (Candidate) -> Void) {
      let suites = terms(name.suite, joint: nil)
      let channels = terms(name.channel, joint: "+")
      let pairs = terms(name.pair, joint: "-")
      let scenarios = terms(name.scenario, joint: "-")
      for suite in suites {
        for channel in channels {
          for pair in pairs {
            for scenario in scenarios {
              body(Candidate(suite: suite, channel: channel, pair: pair, scenario: scenario))
            }
          }
        }
      }
    }

    func text(_ number: Int32) -> String { texts[Int(number)] }

    func text(_ candidate: Candidate) -> String {
      [candidate.suite, candidate.channel, candidate.pair, candidate.scenario].map { texts[Int($0)] }
        .joined(separator: "/")
    }

    /// How wide a glob is: a star for a whole part counts more than one for a piece of it.
    func width(_ candidate: Candidate) -> Int {
      [candidate.suite, candidate.channel, candidate.pair, candidate.scenario].map { number in
        let text = texts[Int(number)]
        return text == "*" ? 1000 : text.contains("*") ? 100 - min(99, text.utf8.count) : 0
      }.reduce(0, +)
    }

    /// The part itself, its beginnings, its end, and the star.
    private mutating func terms(_ part: String, joint: Character?) -> [Int32] {
      let key = "\(joint.map(String.init) ?? "")\(part)"
      if let found = known[key] { return found }
      var texts = [part]
      if let joint, let first = part.firstIndex(of: joint), let last = part.lastIndex(of: joint) {
        texts.append("\(part[...last])*")
        if first != last { texts.append("\(part[...first])*") }
        texts.append("*\(part[first...])")
      }
      let numbers = (texts + ["*"]).map { number($0) }
      known[key] = numbers
      return numbers
    }

    private mutating func number(_ text: String) -> Int32 {
      if let number = numbers[text] { return number }
      let number = Int32(texts.count)
      numbers[text] = number
      texts.append(text)
      return number
    }
  }
}
