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
}
