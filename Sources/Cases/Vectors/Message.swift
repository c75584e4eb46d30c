import Synchronization

/// A message that a scenario sends, and that must arrive.
package struct Message: Equatable, Sendable {
  package let payload: [UInt8]

  package init(_ text: String) { payload = Array(text.utf8) }

  package init(_ payload: [UInt8]) { self.payload = payload }

  /// A message of a length in bytes, in which every four bytes in a row tell where they are.
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

  /// The longest payload in bytes that travels in a command line; longer ones travel in files.
  package static let longestInline = 65_536

  package var travelsInFile: Bool { payload.count > Self.longestInline }

  /// How people are told of it: the text if it is short, else the length.
  package var summary: String { Self.summary(of: payload) }

  package static func summary(of payload: [UInt8]) -> String {
    let isText = payload.allSatisfy { (0x20...0x7e).contains($0) }
    return isText && payload.count <= 40
      ? "\"\(String(decoding: payload, as: UTF8.self))\" (\(payload.count) bytes)" : "\(payload.count) bytes"
  }

  /// The scenarios use few lengths, and the long ones are expensive to make.
  private static let patterns = Mutex<[Int: [UInt8]]>([:])

  private static func pattern(_ length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      for offset in 0..<length {
        // Four digits of base 64, printable: the number of the group of four.
        let group = offset >> 2
        buffer[offset] = UInt8(0x30 + (group >> (6 * (3 - offset & 3)) & 63))
      }
      count = length
    }
  }
}
