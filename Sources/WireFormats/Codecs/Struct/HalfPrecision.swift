/// Numbers of IEEE half precision, which Swift does not have on every machine.
enum HalfPrecision {
  /// The bits of the nearest number, of two that are as near the even one; nil beyond the range.
  static func bits(_ double: Double) -> UInt16? {
    let sign: UInt16 = double.sign == .minus ? 0x8000 : 0
    // As CPython: a NaN keeps its sign alone.
    if double.isNaN { return sign | 0x7e00 }
    if double.isInfinite { return sign | 0x7c00 }
    let exponent = max(double.isZero ? -14 : Int(double.exponent), -14)
    guard exponent < 16 else { return nil }
    // In units of the last place; dividing by a power of two is exact. A number that is rounded up to the next exponent carries over.
    let units = (double.magnitude / Double(sign: .plus, exponent: exponent - 10, significand: 1)).rounded(
      .toNearestOrEven)
    let bits = (exponent + 14) << 10 + Int(units)
    return bits < 0x7c00 ? sign | UInt16(bits) : nil
  }

  /// The number of some bits.
  static func double(_ bits: UInt16) -> Double {
    let sign: FloatingPointSign = bits & 0x8000 == 0 ? .plus : .minus
    let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Double(bits & 0x3ff))
    switch exponent {
    case 0x1f: return Double(sign: sign, exponent: 0, significand: fraction == 0 ? .infinity : .nan)
    case 0: return Double(sign: sign, exponent: -24, significand: fraction)
    default: return Double(sign: sign, exponent: exponent - 25, significand: 1024 + fraction)
    }
  }
}
