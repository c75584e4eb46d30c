import BigInt
public import WireFormats

/// A format of Python's `struct` and values for it, a few of which do not fit.
public struct RandomStruct: Sendable {
  /// The format.
  public var format: String
  /// A tuple.
  public var value: Value

  /// Makes one.
  public init(from generator: inout SeededGenerator) {
    format = generator.pick(["<", ">", "!", "=", "@", ""]) ?? ""
    let isNative = format == "@" || format.isEmpty
    let characters = Array("xcbB?hHiIlLqQefdsp" + (isNative ? "nN" : ""))
    var values: [Value] = []
    for _ in 0..<generator.below(6) {
      let character = generator.pick(characters) ?? "x"
      // CPython 3.11 and others raise a SystemError for 0p.
      let count = generator.below(4) == 0 ? generator.below(5) + (character == "p" ? 1 : 0) : nil
      format += (count.map(String.init) ?? "") + String(character)
      if generator.below(20) == 0 { format += " " }
      if character == "x" { continue }
      let isString = character == "s" || character == "p"
      for _ in 0..<(isString ? 1 : count ?? 1) {
        values.append(Self.value(character, length: count ?? 1, isNative, from: &generator))
      }
    }
    value = .tuple(values)
  }

  private static func value(
    _ character: Character, length: Int, _ isNative: Bool, from generator: inout SeededGenerator
  ) -> Value {
    switch character {
    case "c": return .bytes([generator.byte()])
    case "?": return .bool(generator.below(2) == 0)
    case "s", "p": return .bytes(generator.bytes(generator.below(length + 3)))
    case "d": return .f64(generator.double())
    case "e", "f":
      // Versions of Python differ in the bits of a short NaN.
      let number = generator.double()
      // Out of range, which is an error; in native mode CPython writes infinity instead.
      if !isNative, generator.below(30) == 0 { return .f64(number.isNaN ? 1e300 : number) }
      let half = Double(generator.below(140_000) - 70_000) / Double(1 << generator.below(24))
      return .f64(character == "e" ? half : Double(Float(number).isFinite ? number : half))
    default:
      let widths: [Character: Int] = ["b": 8, "h": 16, "i": 32, "l": isNative ? 64 : 32]
      let bits = widths[Character(character.lowercased())] ?? 64
      let isSigned = character.isLowercase
      if generator.below(50) == 0 { return .int(generator.integer()) }
      let edge = BigInt(1) << (isSigned ? bits - 1 : bits)
      switch generator.below(4) {
      case 0: return .int(edge - 1)
      case 1: return .int(isSigned ? -edge : 0)
      default:
        let number = BigInt(generator.next() >> UInt64(64 - bits))
        return .int(isSigned ? number - edge : number)
      }
    }
  }
}
