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
      switch message.content {
      case .value(let tokens, _, _): Self.wrongValue(tokens)
      case .json(let text): JSONPattern.problem(with: text)
      default: nil
      }
    case .wait(let place): Self.wrongPlace(place)
    case .quiet(_, let milliseconds): Self.wrongTime(milliseconds, "quiet")
    case .within(let milliseconds, let step): Self.wrongTime(milliseconds, "within") ?? step.wrongWord
    case .together(let steps): Self.wrongGroup(steps) ?? steps.lazy.compactMap(\.wrongWord).first
    case .call(let call): call.value.flatMap(Self.wrongValue) ?? call.result.flatMap(Self.wrongValue)
    default: nil
    }
  }

  /// The longest time of the protocol's `timeout`, in milliseconds.
  private static let longestTime = 86_400_000

  private static func wrongTime(_ milliseconds: Int, _ key: String) -> String? {
    if (1...longestTime).contains(milliseconds) { return nil }
    return "\(key) is \(milliseconds); it is a number of milliseconds from 1 to \(longestTime)."
  }

  private static func wrongPlace(_ place: ExamplePlace) -> String? {
    let (form, sample) =
      switch place.kind {
      case .path: (/.+/, "/run/app.sock")
      case .port: (/127\.0\.0\.1:[0-9]{1,5}/, "127.0.0.1:8000")
      case .abstract: (/@.+/, "@name")
      }
    if place.text.contains("{") || place.text.wholeMatch(of: form) != nil { return nil }
    return "\"\(place.text)\" is not of the form \(sample)."
  }

  private static func wrongGroup(_ steps: [ExampleStep]) -> String? {
    if steps.count < 2 { return "together has \(steps.count) steps; it needs at least two." }
    for step in steps {
      switch step {
      case .together: return "together cannot contain another together."
      case .within: return "a step of together has no deadline of its own; write within beside together."
      default: continue
      }
    }
    return nil
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
      ?? transport.flatMap { Self.wrongFraming(values["framing"] ?? "", on: $0) }
  }

  private static func wrongFraming(_ word: String, on transport: Transport) -> String? {
    guard let framing = Framing(rawValue: word), !transport.traits.framings.contains(framing) else { return nil }
    let names = transport.traits.framings.map(\.rawValue).joined(separator: ", ")
    return "\(transport.rawValue) has no framing \(word); it goes with \(names)."
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
