/// An unsigned LEB128 length and the payload: protobuf's `writeDelimitedTo`, seven bits a byte, least significant first.
enum VarintFraming {
  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    var rest = UInt64(length)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  static func extent(in bytes: Span<UInt8>, limit: Int) throws(FramingError) -> FrameExtent? {
    var length: UInt64 = 0
    for index in 0..<min(bytes.count, 10) {
      let byte = bytes[index]
      // The tenth byte has room for one bit: 9 * 7 + 1 = 64.
      guard index < 9 || byte <= 1 else {
        throw .malformed("A varint has at most ten bytes and 64 bits; this length has more.")
      }
      length |= UInt64(byte & 0x7f) << UInt64(7 * index)
      if byte & 0x80 == 0 {
        return try FrameExtent(prefix: index + 1, announced: length, suffix: 0, limit: limit)
      }
    }
    return nil
  }
}
