/// The two ways in which protocol 0 writes strings in a line.
enum PickleLine {
  /// A text in the encoding that Python calls raw-unicode-escape: Latin-1, but for `\uXXXX` and `\UXXXXXXXX`.
  ///
  /// - Returns: nil for digits that are missing or name no Unicode scalar, as halves of a surrogate pair do not.
  static func rawUnicode(_ line: ArraySlice<UInt8>) -> String? {
    var text = String.UnicodeScalarView()
    var rest = line
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let second = rest.popFirst() else {
        text.append(Unicode.Scalar(byte))
        continue
      }
      let count = second == UInt8(ascii: "u") ? 4 : second == UInt8(ascii: "U") ? 8 : 0
      if count == 0 {
        // A backslash takes the next byte along, so that two of them escape nothing.
        text.append(Unicode.Scalar(byte))
        text.append(Unicode.Scalar(second))
      } else {
        guard let value = number(rest.prefix(count), count, radix: 16), let scalar = Unicode.Scalar(value) else {
          return nil
        }
        text.append(scalar)
        rest = rest.dropFirst(count)
      }
    }
    return String(text)
  }

  /// The bytes of a string literal of Python 2, quotes and escapes included; nil if it is none.
  static func quoted(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    guard line.count >= 2, let quote = line.first, quote == line.last, "'\"".utf8.contains(quote) else { return nil }
    var bytes: [UInt8] = []
    var rest = line.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      guard let second = rest.popFirst() else { return nil }
      switch second {
      case UInt8(ascii: "x"):
        guard let value = number(rest.prefix(2), 2, radix: 16) else { return nil }
        bytes.append(UInt8(truncatingIfNeeded: value))
        rest = rest.dropFirst(2)
      case 0x30...0x37:
        let digits = [second] + rest.prefix(2).prefix { (0x30...0x37).contains($0) }
        bytes.append(UInt8(truncatingIfNeeded: number(digits[...], digits.count, radix: 8) ?? 0))
        rest = rest.dropFirst(digits.count - 1)
      default:
        if let plain = escapes[second] { bytes.append(plain) } else { bytes += [byte, second] }
      }
    }
    return bytes
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22, UInt8(ascii: "n"): 0x0a,
    UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09, UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08,
    UInt8(ascii: "f"): 0x0c, UInt8(ascii: "v"): 0x0b,
  ]

  private static func number(_ digits: ArraySlice<UInt8>, _ count: Int, radix: Int) -> UInt32? {
    // A sign would be read too.
    guard digits.count == count, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else {
      return nil
    }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
  }
}
