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
    // In other modules a collection's elements are reached one call at a time; contiguous ones need no calls.
    if let bytes = digits.withContiguousStorageIfAvailable({ Self.bytes($0) }) { return bytes }
    return Array(digits).withUnsafeBufferPointer { Self.bytes($0) }
  }

  private static func bytes(_ digits: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var isHex = true
    let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
      while count < digits.count / 2 {
        guard let high = value(of: digits[2 * count]), let low = value(of: digits[2 * count + 1]) else {
          isHex = false
          return
        }
        buffer[count] = high << 4 | low
        count += 1
      }
    }
    return isHex ? bytes : nil
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
