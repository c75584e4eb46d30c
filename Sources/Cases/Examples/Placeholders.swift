import AdapterProtocol

/// The names in braces that the steps of a conversation can use, in order.
struct Placeholders {
  private var names: Set<String> = ["folder", "tag", "declaration"]

  init(_ conversation: ExampleDeclaration.Conversation) {
    if conversation.inherit != nil { names.insert("inherited") }
    if conversation.isOnStandardStreams { names.formUnion(["stdin", "stdout"]) }
  }

  /// Takes the next step.
  ///
  /// - Returns: what is wrong with it; nil if nothing is.
  mutating func take(_ step: ExampleStep) -> String? {
    switch step {
    case .output(let pattern, _, _): return take(pattern: pattern)
    case .open(let text), .input(let text, _), .command(let text, _): return undefined(in: text)
    case .send(let message), .receive(let message):
      switch message.content {
      case .text(let text), .value(let text, _, _): return undefined(in: text)
      case .matching(let pattern): return take(pattern: pattern)
      case .json(let text):
        let sentence = undefined(in: text)
        names.formUnion(JSONPattern.names(in: text))
        return sentence
      case .bytes, .pattern, .file, .any, .end, .empty, .error: return nil
      }
    case .wait(let place): return undefined(in: place.text)
    case .together(let steps):
      for step in steps { if let sentence = take(step) { return sentence } }
      return nil
    case .within(_, let step): return take(step)
    case .call(let call): return undefined(in: call.value ?? "") ?? undefined(in: call.result ?? "")
    case .start, .accept, .quiet, .close, .halfClose, .stop, .exit: return nil
    }
  }

  private mutating func take(pattern: String) -> String? {
    if let sentence = undefined(in: pattern, isPattern: true) { return sentence }
    let plain = pattern.replacing(Self.name) { names.contains(String($0.1)) ? "x" : String($0.0) }
    guard (try? Regex(plain)) != nil else { return "\"\(pattern)\" is not a regular expression." }
    for match in pattern.matches(of: /\(\?P?<([a-zA-Z][a-zA-Z0-9]*)>/) { names.insert(String(match.1)) }
    return nil
  }

  /// What to say of a name in braces that nothing defines; nil if there is none.
  func undefined(in text: String, isPattern: Bool = false, isArgument: Bool = false) -> String? {
    for match in text.matches(of: Self.name) {
      let name = String(match.1)
      if names.contains(name) || isArgument && name == "peer" { continue }
      let before = text[..<match.range.lowerBound]
      // `{{name}}` is the text itself, and `\p{L}` is a class of characters.
      if before.hasSuffix("{"), text[match.range.upperBound...].hasPrefix("}"), !isPattern { continue }
      if isPattern, before.wholeMatch(of: /(?s:.*)\\[a-zA-Z]/) != nil { continue }
      let known = names.union(isArgument ? ["peer"] : []).sorted()
      let nearest = NearestWord.to(name, among: known).map { "did you mean {\($0)}? There" } ?? "there"
      let all = known.map { "{\($0)}" }.joined(separator: ", ")
      let cure = isPattern ? "" : " Write {{\(name)}} for the text itself."
      return "{\(name)} is not defined here; \(nearest) are \(all).\(cure)"
    }
    return nil
  }

  private static var name: Regex<(Substring, Substring)> { /\{([a-zA-Z][a-zA-Z0-9]*)\}/ }
}
