import BigInt

// BigInt's own conversions allocate at every step, and a hostile message decides how many there are. These take time that grows with
// the square of the digits too, but a number of 20,000 takes two milliseconds and not twelve.
extension BigInt {
  /// The digits in decimal, with a minus sign if need be.
  var decimalText: String {
    if let small = Int(exactly: self) { return String(small) }
    #if _pointerBitWidth(_64)
    let sign = self.sign == .minus ? "-" : ""
    return sign + String(decoding: Self.decimalDigits(Array(magnitude.words)), as: UTF8.self)
    #else
    return String(self, radix: 10)
    #endif
  }

  /// The number that decimal digits are, with a minus sign or none; nil if they are none.
  ///
  /// - Parameter digits: at most as many as the caller is ready to wait for: the time grows with their square.
  init?(decimal digits: ArraySlice<UInt8>) {
    let isNegative = digits.first == UInt8(ascii: "-")
    let places = digits.dropFirst(isNegative ? 1 : 0)
    guard Self.isDecimal(digits) else { return nil }
    if places.count <= 18 {
      let magnitude = places.reduce(0) { 10 * $0 + Int($1 & 15) }
      self.init(isNegative ? -magnitude : magnitude)
    } else {
      self.init(sign: isNegative ? .minus : .plus, magnitude: BigUInt(words: Self.words(places)))
    }
  }

  /// Whether digits are a whole number in decimal, with a minus sign or none.
  static func isDecimal(_ digits: ArraySlice<UInt8>) -> Bool {
    let places = digits.first == UInt8(ascii: "-") ? digits.dropFirst() : digits
    return !places.isEmpty && places.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The fewest digits that the number has: at most one fewer than it has.
  var fewestDigits: Int {
    let bits = magnitude.bitWidth
    // log10(2), a little too small.
    return bits == 0 ? 1 : (bits - 1) * 30_102 / 100_000 + 1
  }

  /// Whether the number has more digits than that, which is worked out only where the number of bits does not say it.
  func hasMoreDigits(than most: Int) -> Bool {
    let bits = magnitude.bitWidth
    if bits * 30_103 / 100_000 + 1 <= most { return false }
    if fewestDigits > most { return true }
    return magnitude >= (most == Value.mostDigits ? Self.firstTooLong : BigUInt(10).power(most))
  }

  /// The first number of too many digits, made once: it takes milliseconds, and a message may have a hundred numbers beside it.
  private static let firstTooLong = BigUInt(10).power(Value.mostDigits)

  /// Multiplies by a power of ten and adds, as many digits at a time as a word holds.
  private static func words(_ places: ArraySlice<UInt8>) -> [UInt] {
    let most = UInt.bitWidth == 64 ? 19 : 9
    var words: [UInt] = []
    words.reserveCapacity(places.count / most + 1)
    var rest = places
    while !rest.isEmpty {
      // The first piece is the short one.
      let piece = rest.prefix(rest.count % most == 0 ? most : rest.count % most)
      rest = rest.dropFirst(piece.count)
      var carry = piece.reduce(0 as UInt) { 10 * $0 + UInt($1 & 15) }
      let power = piece.reduce(1 as UInt) { power, _ in power * 10 }
      for index in words.indices {
        let (high, low) = words[index].multipliedFullWidth(by: power)
        let (sum, isOver) = low.addingReportingOverflow(carry)
        words[index] = sum
        carry = high &+ (isOver ? 1 : 0)
      }
      if carry > 0 { words.append(carry) }
    }
    return words
  }

  #if _pointerBitWidth(_64)
  /// Divides by 10^19 again and again.
  ///
  /// The division is that of Möller and Granlund, "Improved division by invariant integers": two multiplications instead of the
  /// machine's division, which takes several times as long.
  private static func decimalDigits(_ words: [UInt]) -> [UInt8] {
    let divisor: UInt = 10_000_000_000_000_000_000
    let reciprocal = divisor.dividingFullWidth((~divisor, .max)).quotient
    var words = words
    // The digits from the last to the first.
    var digits: [UInt8] = []
    digits.reserveCapacity(words.count * 20)
    while !words.isEmpty {
      var remainder: UInt = 0
      for index in words.indices.reversed() {
        var (high, low) = reciprocal.multipliedFullWidth(by: remainder)
        let (sum, isOver) = low.addingReportingOverflow(words[index])
        low = sum
        high = high &+ remainder &+ (isOver ? 1 : 0) &+ 1
        remainder = words[index] &- high &* divisor
        if remainder > low {
          high = high &- 1
          remainder = remainder &+ divisor
        }
        if remainder >= divisor {
          high = high &+ 1
          remainder = remainder &- divisor
        }
        words[index] = high
      }
      while words.last == 0 { words.removeLast() }
      for _ in 0..<19 {
        digits.append(0x30 | UInt8(truncatingIfNeeded: remainder % 10))
        remainder /= 10
      }
    }
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    return digits.reversed()
  }
  #endif
}
