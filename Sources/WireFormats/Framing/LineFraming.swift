#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The payload and a line feed, as in JSON Lines.
///
/// A carriage return is payload like any other byte.
enum LineFraming {
  static let suffix: [UInt8] = [lineFeed]
  private static let lineFeed: UInt8 = 0x0a

  static func check(_ payload: Span<UInt8>) throws(FramingError) {
    if let offset = firstLineFeed(in: payload, from: 0) {
      throw .malformed("A line cannot carry a line feed: there is one at offset \(offset).")
    }
  }

  static func extent(in bytes: Span<UInt8>, scanned: inout Int, limit: Int) throws(FramingError) -> FrameExtent? {
    guard let end = firstLineFeed(in: bytes, from: scanned) else {
      scanned = bytes.count
      guard bytes.count <= limit else { throw .tooLarge(length: UInt64(bytes.count), limit: limit) }
      return nil
    }
    return try FrameExtent(prefix: 0, announced: UInt64(end), suffix: 1, limit: limit)
  }

  private static func firstLineFeed(in bytes: Span<UInt8>, from start: Int) -> Int? {
    bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, start < buffer.count,
        let found = memchr(base + start, Int32(lineFeed), buffer.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
