import AdapterProtocol
import WireFormats

extension ExampleStep {
  /// The keys and values of an `open`.
  static func fields(_ text: String) -> [(key: String, value: String)] {
    text.split(separator: " ").map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
  }

  /// What is wrong with the words of the step: a transport, framing or key that there is not, or a value that is none; nil if nothing is.
  var wrongWord: String? {
    switch self {
    case .open(let text): Self.wrongWord(inOpen: Self.fields(text))
    case .send(let message), .receive(let message):
      if case .value(let tokens, _, _) = message.content { Self.wrongValue(tokens) } else { nil }
    case .call(let call): call.value.flatMap(Self.wrongValue) ?? call.result.flatMap(Self.wrongValue)
    default: nil
    }
  }

  private static func wrongWord(inOpen fields: [(key: String, value: String)]) -> String? {
    let required = ["transport", "role", "address", "framing"]
    let known = ["channel"] + required + ["limit"] + openingOptions
    if let field = fields.first(where: { !known.contains($0.key) }) {
      return "open has no key \"\(field.key)\"; \(NearestWord.advice(field.key, among: known))."
    }
    if let missing = required.first(where: { key in !fields.contains { $0.key == key } }) {
      return "open needs \(missing)=; its keys are \(known.joined(separator: ", "))."
    }
    let values = Dictionary(fields.map { ($0.key, $0.value) }) { first, _ in first }
    func unknown(_ key: String, _ words: [String]) -> String? {
      guard let word = values[key], !words.contains(word), !word.contains("{") else { return nil }
      return "there is no \(key) \"\(word)\"; \(NearestWord.advice(word, among: words))."
    }
    let transport = values["transport"].flatMap(Transport.init)
    let roles =
      transport.map { [$0.traits.roles.names.0, $0.traits.roles.names.1] } ?? ["listen", "connect", "read", "write"]
    return unknown("transport", Transport.allCases.map(\.rawValue))
      ?? unknown("framing", Framing.allCases.map(\.rawValue)) ?? unknown("role", roles)
  }

  /// The keys of `open` that only some transports have (PROTOCOL.md and the pages beside it).
  private static let openingOptions = ["authkey", "length", "lock", "offset", "queue", "size", "slots"]

  private static func wrongValue(_ tokens: String) -> String? {
    guard !tokens.contains("{") else { return nil }
    do {
      _ = try Value(tokens: tokens)
      return nil
    } catch {
      return "\"\(tokens)\" is not a value: \(error.message)"
    }
  }
}
