import AdapterProtocol
import Endpoints
import WireFormats

/// A command's fields, checked as they are taken.
struct Arguments {
  let command: Command

  init(_ command: Command) { self.command = command }

  /// Refuses keys that the verb does not have: a misspelt option must not be ignored.
  func allow(_ keys: Set<String>) throws(EndpointError) {
    for field in command.fields where !keys.contains(field.key) {
      throw EndpointError(
        .usage, "\(command.verb) has no key \(field.key); it takes \(keys.sorted().joined(separator: ", ")).")
    }
  }

  func text(_ key: String) throws(EndpointError) -> String {
    guard let value = command.text(key) else {
      throw EndpointError(.usage, "\(command.verb) needs the key \(key).")
    }
    return value
  }

  func number(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) throws(EndpointError) -> Int {
    if let fallback, command.bytes(key) == nil { return fallback }
    let text = try text(key)
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
      throw EndpointError(
        .usage, "\(key)=\(text) is not a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
