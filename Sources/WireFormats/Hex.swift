/// Lower-case hexadecimal, two digits a byte.
public enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  /// The digits of some bytes.
  public static func digits(_ bytes: Span<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { buffer, count in
      for index in bytes.indices {
        buffer[2 * index] = digits[Int(bytes[index] >> 4)]
        buffer[2 * index + 1] = digits[Int(bytes[index] & 15)]
      }
      count = bytes.count * 2
    }
  }

  /// The digits of some bytes as text.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    return String(decoding: digits(bytes.span), as: UTF8.self)
  }

  /// The bytes that some digits stand for, or nil if they are not pairs of lower-case hexadecimal digits.
  public static func bytes(_ digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      guard let value = value(of: digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
