import Synchronization

/// A message that a scenario sends and expects to arrive.
package struct Message: Equatable, Sendable {
  package let payload: [UInt8]

  package init(_ text: String) { payload = Array(text.utf8) }

  package init(_ payload: [UInt8]) { self.payload = payload }

  /// A message of a length in bytes, in which every group of four bytes encodes its position.
  ///
  /// It has no NUL and no line feed, so that every framing and the slot can carry it.
  package init(length: Int) {
    payload = Self.patterns.withLock { patterns in
      if let known = patterns[length] { return known }
      let made = Self.pattern(length)
      patterns[length] = made
      return made
    }
  }

  /// The longest payload in bytes that fits a command line; longer ones travel in files.
  package static let longestInline = 65_536

  package var travelsInFile: Bool { payload.count > Self.longestInline }

  /// The message for display: the text if it is short, otherwise the length.
  package var summary: String { Self.summary(of: payload) }

  package static func summary(of payload: [UInt8]) -> String {
    let isText = payload.allSatisfy { (0x20...0x7e).contains($0) }
    return isText && payload.count <= 40
      ? "\"\(String(decoding: payload, as: UTF8.self))\" (\(payload.count) bytes)" : "\(payload.count) bytes"
  }

  /// The patterns made so far; the scenarios use few lengths, and long patterns are expensive.
  private static let patterns = Mutex<[Int: [UInt8]]>([:])

  private static func pattern(_ length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      for offset in 0..<length {
        // The number of the group of four, as four printable base-64 digits.
        let group = offset >> 2
        buffer[offset] = UInt8(0x30 + (group >> (6 * (3 - offset & 3)) & 63))
      }
      count = length
    }
  }
}
