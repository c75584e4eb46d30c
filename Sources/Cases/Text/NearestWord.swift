/// Finds the known word that somebody probably meant.
///
/// ```swift
/// NearestWord.to("uinx", among: ["fifo", "unix"])  // "unix"
/// ```
package enum NearestWord {
  /// The word that is nearest to a mistyped one; nil if none is near.
  ///
  /// Near means few edits for the length: one for up to four letters, then one more for each three. A word that only
  /// lacks its end, such as `greet`, is near too.
  package static func to(_ mistyped: String, among words: some Sequence<String>) -> String? {
    let wanted = Array(mistyped.lowercased())
    guard !wanted.isEmpty else { return nil }
    var best: (word: String, distance: Int)?
    for word in words where word != mistyped {
      let letters = Array(word.lowercased())
      let bound = max(1, (max(wanted.count, letters.count) + 1) / 3)
      // The lengths alone tell most words apart.
      guard abs(letters.count - wanted.count) <= bound else { continue }
      let distance = distance(wanted, letters)
      // Two words of which nothing agrees are no neighbours, however short they are.
      guard distance <= bound, distance < max(wanted.count, letters.count) else { continue }
      if best.map({ (distance, word) < ($0.distance, $0.word) }) ?? true { best = (word, distance) }
    }
    if let best { return best.word }
    guard wanted.count >= 3 else { return nil }
    return words.filter { $0 != mistyped && $0.lowercased().hasPrefix(mistyped.lowercased()) }.min {
      ($0.count, $0) < ($1.count, $1)
    }
  }

  /// The number of edits between two words: a letter inserted, removed, replaced, or swapped with its neighbour.
  package static func distance(_ one: [Character], _ other: [Character]) -> Int {
    var (before, last) = ([Int](), Array(0...other.count))
    for (row, letter) in one.enumerated() {
      var current = [row + 1]
      for (column, wanted) in other.enumerated() {
        var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == wanted ? 0 : 1))
        if row > 0, column > 0, letter == other[column - 1], one[row - 1] == wanted {
          least = min(least, before[column - 1] + 1)
        }
        current.append(least)
      }
      (before, last) = (last, current)
    }
    return last[other.count]
  }

  /// What to say after `There is no adapter "pyton";`: the nearest word, and all there are.
  ///
  /// - Parameters:
  ///   - mistyped: the unknown word.
  ///   - words: those that are known.
  /// - Returns: such as `did you mean "python"? There are c, python`, without a full stop.
  package static func advice(_ mistyped: String, among words: [String]) -> String {
    let all = words.joined(separator: ", ")
    guard let nearest = to(mistyped, among: words) else { return "there are \(all)" }
    return "did you mean \"\(nearest)\"? There are \(all)"
  }
}
