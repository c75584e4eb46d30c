import BigInt

extension BigInt {
  /// The number that some bytes are in two's complement, the least significant first; none are 0.
  init(littleEndian bytes: ArraySlice<UInt8>) {
    let filler: UInt = (bytes.last ?? 0) & 0x80 == 0 ? 0 : .max
    var words: [UInt] = []
    words.reserveCapacity(bytes.count / 8 + 1)
    var (word, filled): (UInt, UInt) = (0, 0)
    for byte in bytes {
      word |= UInt(byte) << filled
      filled += 8
      if filled == UInt(UInt.bitWidth) {
        words.append(word)
        (word, filled) = (0, 0)
      }
    }
    words.append(filled == 0 ? filler : word | filler << filled)
    self.init(words: words)
  }

  /// The fewest bytes of the number in two's complement, the least significant first; none for 0.
  var littleEndianBytes: [UInt8] {
    guard !isZero else { return [] }
    var bytes: [UInt8] = []
    for word in words {
      for shift in stride(from: 0, to: UInt.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    // The last byte goes if the one before it says the same sign.
    while let last = bytes.last, bytes.count > 1, last == (bytes[bytes.count - 2] & 0x80 == 0 ? 0 : 0xff) {
      bytes.removeLast()
    }
    return bytes
  }

  /// The digits in decimal, with a minus sign if need be.
  var decimalText: String {
    // BigInt's own way divides and allocates, which counts where there are many small numbers.
    if let small = Int(exactly: self) { String(small) } else { String(self, radix: 10) }
  }

  /// The number that decimal digits are, with a minus sign or none; nil if they are none.
  ///
  /// - Parameter digits: at most as many as the caller is ready to wait for: the time grows with their square.
  init?(decimal digits: ArraySlice<UInt8>) {
    let isNegative = digits.first == UInt8(ascii: "-")
    let places = digits.dropFirst(isNegative ? 1 : 0)
    guard !places.isEmpty, places.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    if places.count <= 18 {
      let magnitude = places.reduce(0) { 10 * $0 + Int($1 & 15) }
      self.init(isNegative ? -magnitude : magnitude)
    } else {
      self.init(String(decoding: digits, as: UTF8.self), radix: 10)
    }
  }
}
