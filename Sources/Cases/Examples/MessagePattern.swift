import WireFormats

/// What a message of a program must be like, where its bytes are not known.
package enum MessagePattern: Equatable, Sendable {
  case any
  /// Text that matches a whole regular expression.
  case matching(String)
  /// JSON that contains some; its text for messages.
  case json(JSONPattern, text: String)

  /// What a message lacks.
  package struct Lack: Error, Equatable {
    /// A phrase, to follow "the message".
    package var sentence: String
  }

  /// Compares a message.
  ///
  /// - Returns: the placeholders that the message gives, or what it lacks.
  package func compare(_ message: [UInt8]) -> Result<[String: String], Lack> {
    switch self {
    case .any: return .success([:])
    case .json(let pattern, _): return pattern.compare(message)
    case .matching(let pattern):
      guard let text = String(validating: message, as: UTF8.self) else {
        return .failure(Lack(sentence: "is not UTF-8 text"))
      }
      guard let expression = try? Regex(pattern), let match = text.wholeMatch(of: expression) else {
        return .failure(Lack(sentence: "does not match"))
      }
      return .success(match.namedGroups)
    }
  }

  /// How people are told of it.
  package var words: String {
    switch self {
    case .any: "any message"
    case .matching(let pattern): "a message like \"\(pattern)\""
    case .json(_, let text): "JSON that contains \(Shortened.text(text, to: 200))"
    }
  }
}

extension Regex<AnyRegexOutput>.Match {
  /// The texts of the groups that have a name and took part.
  var namedGroups: [String: String] {
    var groups: [String: String] = [:]
    for group in output {
      if let name = group.name, let text = group.substring { groups[name] = String(text) }
    }
    return groups
  }
}
