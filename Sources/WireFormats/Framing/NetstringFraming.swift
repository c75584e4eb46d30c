/// Netstrings: the decimal length, a colon, the payload, a comma, as Daniel Bernstein defined them in 1997 and SCGI uses them.
enum NetstringFraming {
  static let suffix: [UInt8] = [UInt8(ascii: ",")]

  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: String(length).utf8)
    bytes.append(UInt8(ascii: ":"))
  }

  static func extent(in bytes: Span<UInt8>, limit: Int) throws(FramingError) -> FrameExtent? {
    var length: UInt64 = 0
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == UInt8(ascii: ":"), index > 0 {
        return try FrameExtent(prefix: index + 1, announced: length, suffix: 1, limit: limit)
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), index == 0 || bytes[0] != UInt8(ascii: "0")
      else {
        throw .malformed(
          "A netstring's length is digits without a leading zero and then a colon; byte \(index) is \(byte).")
      }
      let digit = UInt64(byte - UInt8(ascii: "0"))
      // With a limit near the largest number the next digit can be one too many for 64 bits.
      guard length <= (.max - digit) / 10 else { throw .tooLarge(length: .max, limit: limit) }
      length = length * 10 + digit
      // Checked at every digit, so neither a long run of digits nor the multiplication can get out of hand.
      guard length <= UInt64(limit) else { throw .tooLarge(length: length, limit: limit) }
    }
    return nil
  }

  static func checkSuffix(_ byte: UInt8) throws(FramingError) {
    guard byte == UInt8(ascii: ",") else {
      throw .malformed("A netstring ends with a comma; byte \(byte) is in its place.")
    }
  }
}
