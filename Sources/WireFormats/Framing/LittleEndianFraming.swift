/// A uint32 little-endian length and the payload, as browsers speak to native messaging hosts on x86-64 and arm64.
enum LittleEndianFraming {
  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(length).littleEndian) { bytes.append(contentsOf: $0) }
  }

  static func extent(in bytes: Span<UInt8>, limit: Int) throws(FramingError) -> FrameExtent? {
    guard bytes.count >= 4 else { return nil }
    var length: UInt64 = 0
    for index in (0..<4).reversed() { length = length << 8 | UInt64(bytes[index]) }
    return try FrameExtent(prefix: 4, announced: length, suffix: 0, limit: limit)
  }
}
