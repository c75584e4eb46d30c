import Foundation

/// Replaces a path in the words of a command.
struct WholePaths {
  private let path: String
  private let replacement: String

  init(of path: String, by replacement: String) {
    self.path = path
    self.replacement = replacement
  }

  /// A word with the path replaced where it is a whole path: `.build/endpoint`, but not in `.build/endpoint.c` or
  /// `x/.build/endpoint`.
  func replaced(in word: String) -> String {
    func isPathCharacter(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || "._-/".contains($0) } ?? false
    }
    var result = ""
    var rest = word[...]
    while let range = rest.range(of: path) {
      let isWhole =
        !isPathCharacter(rest[..<range.lowerBound].last ?? result.last)
        && !isPathCharacter(rest[range.upperBound...].first)
      result += rest[..<range.lowerBound] + (isWhole ? replacement : path)
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
