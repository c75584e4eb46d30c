/// A header block with `Content-Length` and the payload: the base protocol of language and debug servers.
enum ContentLengthFraming {
  /// The largest header block in bytes, its empty line included.
  ///
  /// Real ones have under a hundred.
  static let headerLimit = 4096
  private static let carriageReturn: UInt8 = 0x0d
  private static let lineFeed: UInt8 = 0x0a

  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "Content-Length: \(length)\r\n\r\n".utf8)
  }

  /// Reads line by line, and judges each at its end: the verdict must not wait for bytes that cannot change it.
  static func extent(in bytes: Span<UInt8>, limit: Int) throws(FramingError) -> FrameExtent? {
    var length: UInt64?
    var lineStart = 0
    for index in 0..<min(bytes.count, headerLimit) {
      let isAfterReturn = index > lineStart && bytes[index - 1] == carriageReturn
      guard isAfterReturn == (bytes[index] == lineFeed) else {
        throw .malformed("A header line ends with CR LF; one here has only half of it.")
      }
      guard isAfterReturn else { continue }
      if index - 1 == lineStart {
        guard let length else { throw .malformed("The header has no Content-Length.") }
        return try FrameExtent(prefix: index + 1, announced: length, suffix: 0, limit: limit)
      }
      try read(bytes.extracting(lineStart..<(index - 1)), into: &length)
      lineStart = index + 1
    }
    guard bytes.count < headerLimit else {
      throw .malformed("The header has no empty line within \(headerLimit) bytes.")
    }
    return nil
  }

  private static func read(_ line: Span<UInt8>, into length: inout UInt64?) throws(FramingError) {
    let line = line.withUnsafeBufferPointer { Array($0) }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw .malformed("A header line without a colon: these are not content-length frames.")
    }
    let name = line[..<colon].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    guard name == Array("content-length".utf8) else { return }
    guard length == nil else { throw .malformed("Content-Length stands twice in one header.") }
    length = try number(line[(colon + 1)...])
  }

  private static func number(_ value: ArraySlice<UInt8>) throws(FramingError) -> UInt64 {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let front = value.drop(while: isBlank)
    let digits = front.prefix { !isBlank($0) }
    let isNumber =
      (1...19).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
      && front.dropFirst(digits.count).allSatisfy(isBlank)
    guard isNumber else { throw .malformed("Content-Length is not 1 to 19 digits.") }
    return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
  }
}
