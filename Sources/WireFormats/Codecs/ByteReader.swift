/// The bytes of a message, and how far they have been read.
struct ByteReader {
  let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  /// The next byte.
  mutating func byte() throws(CodecError) -> UInt8 {
    guard position < bytes.count else { throw endsEarly(1) }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next bytes, which are not copied: a length beyond the message costs nothing.
  mutating func take(_ count: Int) throws(CodecError) -> ArraySlice<UInt8> {
    guard count <= remaining else { throw endsEarly(count) }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  /// An unsigned number of up to eight bytes, the least significant first.
  mutating func littleEndian(_ width: Int) throws(CodecError) -> UInt64 {
    var number: UInt64 = 0
    for byte in try take(width).reversed() { number = number << 8 | UInt64(byte) }
    return number
  }

  /// A length of up to eight bytes, the least significant first.
  mutating func length(_ width: Int) throws(CodecError) -> Int {
    let length = try littleEndian(width)
    // Longer than the message is refused here, where the number is known as it was written.
    guard length <= UInt64(remaining) else {
      throw CodecError(
        .malformed, "A length at byte \(position - width) announces \(length) bytes, and \(remaining) follow.")
    }
    return Int(length)
  }

  /// The bytes before the next line feed, which is skipped.
  mutating func line() throws(CodecError) -> ArraySlice<UInt8> {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw CodecError(.malformed, "The line that begins at byte \(position) does not end.")
    }
    defer { position = end + 1 }
    return bytes[position..<end]
  }

  private func endsEarly(_ count: Int) -> CodecError {
    CodecError(
      .malformed, "The message ends early: at byte \(position) of \(bytes.count), \(count) more were expected.")
  }
}
