import Journal

/// A glob whose parts may each be one of several terms: `messages/{tcp+*,unix+line}/c-*/greeting`.
struct JoinedGlob: Equatable {
  /// Suite, channel, pair and scenario, each with the terms that it may have.
  var parts: [Set<String>]
  /// Who is blamed for what it matches; empty if that does not matter.
  var blamed: Set<String> = []

  /// The glob, with braces where a part has several terms.
  var text: String { parts.map(Self.text).joined(separator: "/") }

  /// Joins globs as far as they match none of the others, and leaves out those that cover nothing of their own.
  ///
  /// Where different adapters are blamed there are different bugs, which stay apart.
  ///
  /// - Parameters:
  ///   - globs: what to join; together they cover every failing case.
  ///   - failing: the cases to match.
  ///   - others: the cases not to match.
  /// - Returns: them, fewer where they could be joined.
  static func fewest(_ globs: [JoinedGlob], covering failing: [CaseName], sparing others: [CaseName]) -> [JoinedGlob] {
    let spared = NameTable(others)
    // What differs in one part is joined first: that adds nothing to what is matched.
    var joined = globs.sorted { $0.text < $1.text }
    for most in 1...2 {
      var isChanged = true
      while isChanged {
        isChanged = false
        var result: [JoinedGlob] = []
        for glob in joined {
          let place = result.indices.first { glob.canJoin(result[$0], mostDifferences: most, sparing: spared) }
          if let place {
            result[place] = result[place].joined(with: glob)
            isChanged = true
          } else {
            result.append(glob)
          }
        }
        joined = result
      }
    }
    return withoutSuperfluous(joined, NameTable(failing))
  }

  private func canJoin(_ other: JoinedGlob, mostDifferences: Int, sparing others: NameTable) -> Bool {
    guard blamed.isEmpty || other.blamed.isEmpty || !blamed.isDisjoint(with: other.blamed) else { return false }
    if zip(parts, other.parts).count(where: { $0 != $1 }) <= 1 { return true }
    // Two bugs differ in nearly everything, and stay two entries. What is wider there is no difference.
    let differences = [(self, other), (other, self)].map { wide, narrow in
      zip(wide.parts, narrow.parts).count { !Self.covers($0, $1) }
    }
    return differences.contains { $0 <= mostDifferences } && !others.hasMatch(of: joined(with: other))
  }

  /// Whether each of the narrow terms is matched by a wide one.
  private static func covers(_ wide: Set<String>, _ narrow: Set<String>) -> Bool {
    let globs = wide.map { CaseGlob($0) }
    return narrow.allSatisfy { term in globs.contains { $0.matches(term) } }
  }

  private func joined(with other: JoinedGlob) -> JoinedGlob {
    JoinedGlob(parts: zip(parts, other.parts).map { $0.union($1) }, blamed: blamed.union(other.blamed))
  }

  private static func withoutSuperfluous(_ globs: [JoinedGlob], _ failing: NameTable) -> [JoinedGlob] {
    var covers = globs.map { (glob: $0, cases: failing.matches(of: $0)) }.sorted { $0.cases.count < $1.cases.count }
    var index = 0
    while index < covers.count {
      let rest = covers.indices.filter { $0 != index }.reduce(into: Set<Int>()) { $0.formUnion(covers[$1].cases) }
      if rest.isSuperset(of: covers[index].cases) { covers.remove(at: index) } else { index += 1 }
    }
    return covers.map(\.glob)
  }

  /// One term as it is; several in braces, without those that another one matches.
  private static func text(_ terms: Set<String>) -> String {
    let needed = terms.filter { term in !terms.contains { $0 != term && CaseGlob($0).matches(term) } }.sorted()
    return needed.count == 1 ? needed[0] : "{\(needed.joined(separator: ","))}"
  }
}

/// Names with the texts of their parts numbered, so that each text is compared with a term once.
private struct NameTable {
  private var texts: [[String]] = [[], [], [], []]
  private var rows: [[Int]] = []

  init(_ names: [CaseName]) {
    var numbers: [[String: Int]] = [[:], [:], [:], [:]]
    for name in names {
      let parts = [name.suite, name.channel, name.pair, name.scenario]
      rows.append(
        parts.indices.map { part in
          if let number = numbers[part][parts[part]] { return number }
          let number = texts[part].count
          numbers[part][parts[part]] = number
          texts[part].append(parts[part])
          return number
        })
    }
  }

  func hasMatch(of glob: JoinedGlob) -> Bool {
    let fits = fits(glob)
    return rows.contains { Self.fits($0, fits) }
  }

  /// The places of the names that the glob matches.
  func matches(of glob: JoinedGlob) -> Set<Int> {
    let fits = fits(glob)
    return Set(rows.indices.filter { Self.fits(rows[$0], fits) })
  }

  /// For each part, which of its texts the glob matches.
  private func fits(_ glob: JoinedGlob) -> [[Bool]] {
    zip(texts, glob.parts).map { texts, terms in
      let globs = terms.map { CaseGlob($0) }
      return texts.map { text in globs.contains { $0.matches(text) } }
    }
  }

  private static func fits(_ row: [Int], _ fits: [[Bool]]) -> Bool {
    fits[0][row[0]] && fits[1][row[1]] && fits[2][row[2]] && fits[3][row[3]]
  }
}
