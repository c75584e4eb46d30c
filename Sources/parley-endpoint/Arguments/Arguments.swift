import AdapterProtocol
import Endpoints
import WireFormats

/// A command's fields, checked as they are taken.
struct Arguments {
  let command: Command

  init(_ command: Command) { self.command = command }

  /// Refuses keys that the verb does not have, then the lack of one that it needs: a misspelt option must not be ignored.
  func check(for verb: Verb) throws(EndpointError) {
    let required = verb.requiredKeys
    let allowed = Set(required + verb.optionalKeys)
    for field in command.fields where !allowed.contains(field.key) {
      let keys = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
      throw EndpointError(.usage, "\(command.verb) has no key \(field.key); it takes \(keys).")
    }
    for key in required where !has(key) { throw missing(key) }
  }

  func has(_ key: String) -> Bool { command.bytes(key) != nil }

  /// The text under a key that must be there.
  func text(_ key: String) throws(EndpointError) -> String {
    guard let text = try optionalText(key) else { throw missing(key) }
    return text
  }

  /// The text under a key that may be left out.
  func optionalText(_ key: String) throws(EndpointError) -> String? {
    guard let bytes = command.bytes(key) else { return nil }
    // Repaired, a path would name another file.
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EndpointError(.usage, "The value of \(key) is not UTF-8.")
    }
    return text
  }

  /// The number under a key that must be there, in decimal digits.
  func number(_ key: String, _ range: ClosedRange<Int>) throws(EndpointError) -> Int {
    let text = try text(key)
    guard let number = Int(digits: text), range.contains(number) else {
      throw EndpointError(
        .usage, "\(key)=\(text) is not a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// The number under a key that may be left out.
  func optionalNumber(_ key: String, _ range: ClosedRange<Int>) throws(EndpointError) -> Int? {
    has(key) ? try number(key, range) : nil
  }

  /// The bytes under a key that may be left out, written in hexadecimal.
  func optionalHex(_ key: String) throws(EndpointError) -> [UInt8]? {
    guard let digits = command.bytes(key) else { return nil }
    guard let bytes = Hex.bytes(digits) else {
      throw EndpointError(.usage, "\(key) is not lower-case hexadecimal, two digits a byte.")
    }
    return bytes
  }

  private func missing(_ key: String) -> EndpointError {
    EndpointError(.usage, "\(command.verb) needs the key \(key).")
  }
}

extension FixedWidthInteger {
  /// Reads decimal digits and nothing else, so no sign either.
  init?(digits text: String) {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.init(text)
  }
}
