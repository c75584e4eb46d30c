/// How a program is asked to end.
package enum ExampleStop: Sendable, Equatable, Decodable {
  /// A signal to the program's process group.
  case signal(Int32)
  /// The end of its standard input.
  case endOfInput

  /// The signals of Linux and macOS that have the same number on both.
  private static let signals: KeyValuePairs<String, Int32> = [
    "hup": 1, "int": 2, "quit": 3, "kill": 9, "term": 15,
  ]

  /// The words that a declaration can use.
  package static let words = signals.map(\.key) + [endOfInputWord]
  private static let endOfInputWord = "end-of-input"

  package init(from decoder: any Decoder) throws {
    let word = try decoder.singleValueContainer().decode(String.self)
    if word == Self.endOfInputWord {
      self = .endOfInput
    } else if let signal = Self.signals.first(where: { $0.key == word }) {
      self = .signal(signal.value)
    } else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "stop is one of \(Self.words.joined(separator: ", "))"))
    }
  }
}
