public import BigInt
public import WireFormats

extension SeededGenerator {
  /// What a random value may hold.
  public enum Kinds: Sendable {
    /// Plain data of Python, such as a pickle carries.
    case python
    /// What JSON carries.
    case json
  }

  /// A value of at most a few dozen parts.
  public mutating func value(_ kinds: Kinds, depth: Int = 0) -> Value {
    // Two in five are containers at the top, fewer further down.
    guard below(5) < 2, depth < 5 else { return scalar(kinds) }
    let count = below(depth == 0 ? 7 : 4)
    switch kinds == .json ? 4 * below(2) : below(6) {
    case 0, 1: return .list(values(kinds, count, depth))
    case 2: return .tuple(values(kinds, count, depth))
    case 3: return below(2) == 0 ? .set(members(count)) : .frozenSet(members(count))
    default:
      let keys = kinds == .json ? names(count) : members(count)
      return .map(keys.map { Value.Entry($0, value(kinds, depth: depth + 1)) })
    }
  }

  private mutating func values(_ kinds: Kinds, _ count: Int, _ depth: Int) -> [Value] {
    (0..<count).map { _ in value(kinds, depth: depth + 1) }
  }

  /// Different texts.
  private mutating func names(_ count: Int) -> [Value] {
    var seen: Set<[UInt8]> = []
    return (0..<count).map { _ in text() }.filter { seen.insert(Array($0.utf8)).inserted }.map { .text($0) }
  }

  /// Values that Python can hash; some may be equal for it.
  private mutating func members(_ count: Int, depth: Int = 0) -> [Value] {
    (0..<count).map { _ in
      guard below(6) == 0, depth < 3 else {
        let value = scalar(.python)
        if case .byteArray(let bytes) = value { return .bytes(bytes) }
        return value
      }
      let parts = members(below(4), depth: depth + 1)
      return below(2) == 0 ? .tuple(parts) : .frozenSet(parts)
    }
  }

  /// A value without parts.
  public mutating func scalar(_ kinds: Kinds) -> Value {
    switch below(kinds == .json ? 10 : 14) {
    case 0: return .null
    case 1: return .bool(below(2) == 0)
    case 2, 3, 4: return .int(integer())
    case 5, 6:
      let number = double()
      return .f64(kinds == .json && !number.isFinite ? 0.1 : number)
    case 7, 8, 9: return .text(text())
    case 10, 11, 12: return .bytes(bytes(below(20)))
    default: return .byteArray(bytes(below(20)))
    }
  }

  /// A whole number: small, at an edge of a machine's type, or of up to 400 bits.
  public mutating func integer() -> BigInt {
    switch below(4) {
    case 0: return BigInt(below(700) - 300)
    case 1:
      let edge = BigInt(1) << (pick([7, 8, 15, 16, 31, 32, 53, 63, 64, 127, 2039, 2040]) ?? 0)
      return (below(2) == 0 ? edge : -edge) + BigInt(below(5) - 2)
    case 2: return BigInt(Int64(bitPattern: next()) >> Int64(below(64)))
    default:
      let magnitude = (0..<(1 + below(6))).reduce(BigInt(0)) { number, _ in number << 64 | BigInt(next()) }
      return below(2) == 0 ? magnitude : -magnitude
    }
  }

  /// A double of any bits, or a round one.
  public mutating func double() -> Double {
    switch below(4) {
    case 0:
      return pick([0, -0.0, 1, 0.1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]) ?? 0
    case 1: return Double(below(2_000_000) - 1_000_000) / 1000
    case 2: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: next())))
    default: return Double(bitPattern: next())
    }
  }

  /// A text of up to 16 characters of any plane.
  public mutating func text() -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<below(17) {
      let value: UInt32
      switch below(6) {
      case 0: value = UInt32(below(0x20))
      case 1: value = UInt32(0x80 + below(0x780))
      case 2: value = UInt32(below(0x10000))
      case 3: value = UInt32(below(0x110000))
      default: value = UInt32(0x20 + below(0x5f))
      }
      if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    return String(text)
  }
}
