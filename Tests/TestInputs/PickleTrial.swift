public import WireFormats

/// What the decoder made of one random pickle.
public enum PickleTrial: Sendable {
  /// It is a value.
  case value(Value)
  /// It was refused, with a kind that a decoder may give.
  case refused(ErrorKind)
  /// The decoder is wrong; the sentence says how.
  case wrong(String)

  /// Decodes a message, and a plain value once more from our own pickle of it.
  public init(_ message: [UInt8]) {
    let value: Value
    do {
      value = try PickleDecoder().decode(message)
    } catch {
      self = [.malformed, .tooLarge].contains(error.kind) ? .refused(error.kind) : .wrong("it fails with \(error)")
      return
    }
    self = .value(value)
    var (parts, isPlain) = (2000, true)
    value.count(&parts, &isPlain)
    // Writing out a part as often as it is used takes the time that reading it did not.
    guard isPlain, parts > 0 else { return }
    do {
      let again = try Codec.pickle.decode(Codec.pickle.encode(value))
      if again != value { self = .wrong("\(value.tokens) comes back as \(again.tokens)") }
    } catch {
      self = .wrong("\(value.tokens) cannot be written or read again: \(error)")
    }
  }
}

extension Value {
  /// Takes the parts from a number until it is used up, and notes an object.
  fileprivate func count(_ parts: inout Int, _ isPlain: inout Bool) {
    parts -= 1
    guard parts > 0 else { return }
    switch self {
    case .list(let values), .tuple(let values), .set(let values), .frozenSet(let values):
      for value in values { value.count(&parts, &isPlain) }
    case .map(let entries):
      for entry in entries {
        entry.key.count(&parts, &isPlain)
        entry.value.count(&parts, &isPlain)
      }
    case .object: isPlain = false
    default: break
    }
  }
}
