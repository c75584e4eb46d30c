/// The frames of Python's `multiprocessing.connection`, CPython 3.8 and newer.
///
/// A signed 32-bit big-endian length; from 2^31 bytes on it is -1 and an unsigned 64-bit big-endian length follows.
/// CPython takes the long form for any length, and reads -2 and below as an empty message, which loses the stream: here it is malformed.
enum MultiprocessingFraming {
  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    if length <= Int(Int32.max) {
      withUnsafeBytes(of: UInt32(length).bigEndian) { bytes.append(contentsOf: $0) }
    } else {
      bytes.append(contentsOf: [0xff, 0xff, 0xff, 0xff])
      withUnsafeBytes(of: UInt64(length).bigEndian) { bytes.append(contentsOf: $0) }
    }
  }

  static func extent(in bytes: Span<UInt8>, limit: Int) throws(FramingError) -> FrameExtent? {
    guard bytes.count >= 4 else { return nil }
    let short = Int32(truncatingIfNeeded: bigEndian(bytes, 0..<4))
    if short >= 0 {
      return try FrameExtent(prefix: 4, announced: UInt64(short), suffix: 0, limit: limit)
    }
    guard short == -1 else {
      throw .malformed("The length \(short) is negative: these are not multiprocessing frames.")
    }
    guard bytes.count >= 12 else { return nil }
    return try FrameExtent(prefix: 12, announced: bigEndian(bytes, 4..<12), suffix: 0, limit: limit)
  }

  private static func bigEndian(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var value: UInt64 = 0
    for index in range { value = value << 8 | UInt64(bytes[index]) }
    return value
  }
}
