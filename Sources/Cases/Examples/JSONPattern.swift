import WireFormats

/// JSON that a message must contain: every member that it names, and of a list every element.
///
/// A text `{?name}` stands for any number or text, which becomes the placeholder `name`.
package struct JSONPattern: Equatable, Sendable {
  private let wanted: Value

  /// - Throws: ``CodecError`` if the text is not JSON.
  init(_ text: String) throws(CodecError) { wanted = try Codec.json.decode(Array(text.utf8)) }

  /// The names of the placeholders that a text makes.
  static func names(in text: String) -> [String] {
    text.matches(of: /"\{\?([a-zA-Z][a-zA-Z0-9]*)\}"/).map { String($0.1) }
  }

  /// What is wrong with a text of a declaration; nil if nothing is.
  static func problem(with text: String) -> String? {
    // Whatever a placeholder is replaced with, its text is JSON with a number in its place.
    let plain = text.replacing(/\{[a-zA-Z][a-zA-Z0-9]*\}/, with: "0")
    do {
      _ = try JSONPattern(plain)
      return nil
    } catch {
      return "\"\(Shortened.text(text, to: 60))\" is not JSON: \(error.message)"
    }
  }

  /// Compares a message.
  ///
  /// - Returns: the placeholders that it gives, or what it lacks.
  func compare(_ message: [UInt8]) -> Result<[String: String], MessagePattern.Lack> {
    do {
      let seen = try Codec.json.decode(message)
      var names: [String: String] = [:]
      if let lack = Self.lack(in: seen, of: wanted, at: "", &names) { return .failure(lack) }
      return .success(names)
    } catch {
      return .failure(.init(sentence: "is not JSON: \(error.message)"))
    }
  }

  private static func lack(in seen: Value, of wanted: Value, at place: String, _ names: inout [String: String])
    -> MessagePattern.Lack?
  {
    let here = place.isEmpty ? "the whole" : place
    switch (wanted, seen) {
    case (.text(let text), _):
      if let match = text.wholeMatch(of: /\{\?([a-zA-Z][a-zA-Z0-9]*)\}/) {
        guard let scalar = scalar(seen) else {
          return MessagePattern.Lack(sentence: "has no number and no text at \(here)")
        }
        names[String(match.1)] = scalar
        return nil
      }
      return seen == wanted ? nil : MessagePattern.Lack(sentence: "has \(short(seen)) at \(here)")
    case (.map(let wanted), .map(let seen)):
      for entry in wanted {
        let path = "\(place)/\(scalar(entry.key) ?? "")"
        guard let found = seen.first(where: { $0.key == entry.key })?.value else {
          return MessagePattern.Lack(sentence: "has nothing at \(path)")
        }
        if let lack = lack(in: found, of: entry.value, at: path, &names) { return lack }
      }
      return nil
    case (.list(let wanted), .list(let seen)):
      guard wanted.count == seen.count else {
        return MessagePattern.Lack(sentence: "has \(seen.count) elements at \(here), not \(wanted.count)")
      }
      for (index, pair) in zip(wanted, seen).enumerated() {
        if let lack = lack(in: pair.1, of: pair.0, at: "\(place)/\(index)", &names) { return lack }
      }
      return nil
    default: return seen == wanted ? nil : MessagePattern.Lack(sentence: "has \(short(seen)) at \(here)")
    }
  }

  private static func scalar(_ value: Value) -> String? {
    switch value {
    case .text(let text): text
    case .int(let number): "\(number)"
    default: nil
    }
  }

  private static func short(_ value: Value) -> String {
    switch value {
    case .list(let elements): "a list of \(elements.count)"
    case .map(let members): "an object of \(members.count)"
    default:
      (try? Codec.json.encode(value)).map { Shortened.text(String(decoding: $0, as: UTF8.self), to: 60) } ?? "\(value)"
    }
  }
}
