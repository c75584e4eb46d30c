import AdapterProtocol
import Endpoints
import WireFormats

/// A command's fields, validated when they are read.
struct Arguments {
  let command: Command

  init(_ command: Command) { self.command = command }

  /// Rejects unknown keys, so that a misspelt option is not ignored, then a missing required key.
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

  /// The text of a required key.
  func text(_ key: String) throws(EndpointError) -> String {
    guard let text = try optionalText(key) else { throw missing(key) }
    return text
  }

  /// The text of an optional key.
  func optionalText(_ key: String) throws(EndpointError) -> String? {
    guard let bytes = command.bytes(key) else { return nil }
    // Replacing invalid bytes would make a path name another file.
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EndpointError(.usage, "The value of \(key) is not UTF-8.")
    }
    return text
  }

  /// The decimal number of a required key.
  func number(_ key: String, _ range: ClosedRange<Int>) throws(EndpointError) -> Int {
    let text = try text(key)
    guard let number = Int(digits: text), range.contains(number) else {
      throw EndpointError(
        .usage, "\(key)=\(text) is not a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// The decimal number of an optional key.
  func optionalNumber(_ key: String, _ range: ClosedRange<Int>) throws(EndpointError) -> Int? {
    has(key) ? try number(key, range) : nil
  }

  /// The hexadecimal bytes of an optional key.
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
  /// Parses decimal digits only, without a sign and without zeros in front.
  init?(digits text: String) {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text == "0" || !text.hasPrefix("0") else { return nil }
    self.init(text)
  }
}
