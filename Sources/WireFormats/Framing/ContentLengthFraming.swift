/// A header block with `Content-Length` and the payload: the base protocol of language and debug servers.
enum ContentLengthFraming {
  /// The largest header block in bytes, its empty line included. Real ones have under a hundred.
  static let headerLimit = 4096
  private static let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]

  static func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "Content-Length: \(length)\r\n\r\n".utf8)
  }

  static func extent(in bytes: Span<UInt8>, scanned: inout Int, limit: Int) throws(FramingError) -> FrameExtent? {
    let bound = min(bytes.count, headerLimit)
    var index = max(scanned - 3, 0)
    while index + 4 <= bound {
      if (0..<4).allSatisfy({ bytes[index + $0] == end[$0] }) {
        return try FrameExtent(
          prefix: index + 4, announced: length(of: bytes.extracting(0..<index)), suffix: 0, limit: limit)
      }
      index += 1
    }
    scanned = bound
    guard bytes.count < headerLimit else {
      throw .malformed("The header has no empty line within \(headerLimit) bytes.")
    }
    return nil
  }

  /// Reads the one `Content-Length` out of the header lines.
  private static func length(of header: Span<UInt8>) throws(FramingError) -> UInt64 {
    let text = header.withUnsafeBufferPointer { Array($0) }
    var found: UInt64?
    var rest = text[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0d && $0 != 0x0a }
      rest = rest.dropFirst(line.count)
      guard rest.isEmpty || rest.starts(with: [0x0d, 0x0a]) else {
        throw .malformed("A header line ends with CR LF; one here does not.")
      }
      rest = rest.dropFirst(2)
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw .malformed("A header line without a colon: these are not content-length frames.")
      }
      guard line[..<colon].elementsEqual("content-length".utf8, by: { $0 | 0x20 == $1 | 0x20 }) else { continue }
      guard found == nil else { throw .malformed("Content-Length stands twice in one header.") }
      found = try number(line[line.index(after: colon)...])
    }
    guard let found else { throw .malformed("The header has no Content-Length.") }
    return found
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
