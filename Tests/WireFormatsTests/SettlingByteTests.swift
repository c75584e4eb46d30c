import Testing
import WireFormats

/// A stream whose last byte, and no earlier one, settles that it is refused.
struct Settled: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var framing: Framing
  var bytes: [UInt8]
  var kind: ErrorKind
  var limit = 1000

  init(_ description: String, _ framing: Framing, hex: String, _ kind: ErrorKind) {
    self.init(description, framing, Hex.bytes(hex.utf8.filter { $0 != 0x20 }) ?? [], kind)
  }

  init(_ description: String, _ framing: Framing, _ text: String, _ kind: ErrorKind) {
    self.init(description, framing, Array(text.utf8), kind)
  }

  private init(_ description: String, _ framing: Framing, _ bytes: [UInt8], _ kind: ErrorKind) {
    testDescription = "\(framing.rawValue): \(description)"
    (self.framing, self.bytes, self.kind) = (framing, bytes, kind)
  }
}

@Suite("A decoder decides at the byte that settles the matter")
struct SettlingByteTests {
  static let all =
    multiprocessing + [
      Settled("a length over the limit", .u32le, hex: "e9030000", .tooLarge),
      Settled("the largest length", .u32le, hex: "ffffffff", .tooLarge),
      Settled("one byte over the limit", .line, String(repeating: "x", count: 1001), .tooLarge),
    ] + netstring + varint + contentLength

  static let multiprocessing = [
    Settled("a length over the limit", .multiprocessing, hex: "000003e9", .tooLarge),
    Settled("2 GiB less one byte", .multiprocessing, hex: "7fffffff", .tooLarge),
    Settled("2 GiB", .multiprocessing, hex: "ffffffff 0000000080000000", .tooLarge),
    Settled("64 bits of length", .multiprocessing, hex: "ffffffff ffffffffffffffff", .tooLarge),
    Settled("a length of -2", .multiprocessing, hex: "fffffffe", .malformed),
    Settled("the least length", .multiprocessing, hex: "80000000", .malformed),
  ]

  static let netstring = [
    Settled("no digit before the colon", .netstring, ":", .malformed),
    Settled("a blank", .netstring, " ", .malformed),
    Settled("a letter among the digits", .netstring, "1a", .malformed),
    Settled("a leading zero", .netstring, "01", .malformed),
    Settled("two zeros", .netstring, "00", .malformed),
    Settled("digits over the limit", .netstring, "1001", .tooLarge),
    Settled("more digits than are needed to be over it", .netstring, "9999", .tooLarge),
    Settled("something in place of the comma", .netstring, "5:hello;", .malformed),
    Settled("one byte too many", .netstring, "5:hellos", .malformed),
  ]

  static let varint = [
    Settled("a length over the limit", .varint, hex: "e907", .tooLarge),
    Settled("64 bits of length", .varint, hex: "ffffffffffffffffff01", .tooLarge),
    Settled("65 bits of length", .varint, hex: "ffffffffffffffffff02", .malformed),
    Settled("ten bytes that go on", .varint, hex: "80808080808080808080", .malformed),
  ]

  static let contentLength = [
    Settled("a line feed alone", .contentLength, "\n", .malformed),
    Settled("a line that ends with LF", .contentLength, "Content-Length: 5\n", .malformed),
    Settled("a second line that ends with LF", .contentLength, "Content-Length: 5\r\n\n", .malformed),
    Settled("a CR within a line", .contentLength, "Content-\rL", .malformed),
    Settled("two CR", .contentLength, "Content-Length: 5\r\r", .malformed),
    Settled("a line without a colon", .contentLength, "GET / HTTP/1.1\r\n", .malformed),
    Settled("a second line without a colon", .contentLength, "Content-Length: 5\r\nhello\r\n", .malformed),
    Settled("an empty header", .contentLength, "\r\n", .malformed),
    Settled("a header without Content-Length", .contentLength, "Content-Type: text\r\n\r\n", .malformed),
    Settled("a length without digits", .contentLength, "Content-Length: \r\n", .malformed),
    Settled("a sign", .contentLength, "Content-Length: +5\r\n", .malformed),
    Settled("a blank within the digits", .contentLength, "Content-Length: 1 0\r\n", .malformed),
    Settled("hexadecimal digits", .contentLength, "Content-Length: 0x5\r\n", .malformed),
    Settled("20 digits", .contentLength, "Content-Length: 00000000000000000005\r\n", .malformed),
    Settled("a second length", .contentLength, "Content-Length: 5\r\ncontent-length: 5\r\n", .malformed),
    Settled(
      "a second length after one over the limit", .contentLength,
      "Content-Length: 1001\r\nContent-Length: 5\r\n", .malformed),
    Settled("a length over the limit", .contentLength, "Content-Length: 1001\r\n\r\n", .tooLarge),
    Settled("19 nines", .contentLength, "Content-Length: 9999999999999999999\r\n\r\n", .tooLarge),
    Settled("4096 bytes in one line", .contentLength, String(repeating: "x", count: 4096), .malformed),
    Settled(
      "4096 bytes and no empty line", .contentLength,
      "Content-Length: 5\r\nX: " + String(repeating: "x", count: 4068) + "\r\nY: y", .malformed),
  ]

  @Test("Before that byte more is awaited; with it the error comes at once", arguments: all)
  func settled(_ stream: Settled) throws {
    var decoder = FrameDecoder(stream.framing, limit: stream.limit)
    let (before, last) = (Array(stream.bytes.dropLast()), Array(stream.bytes.suffix(1)))
    decoder.append(before.span)
    #expect(try decoder.next() == nil)
    decoder.append(last.span)
    let error = #expect(throws: FramingError.self) { try decoder.next() }
    #expect(error?.kind == stream.kind, "\(error?.description ?? "")")
  }

  @Test("It comes the same way in single bytes, and with more behind", arguments: all)
  func anyCut(_ stream: Settled) {
    let fresh = FrameDecoder(stream.framing, limit: stream.limit)
    let right = Decoded(end: stream.kind)
    #expect(fresh.decode(stream.bytes, cutAt: Cuts.everywhere(stream.bytes.count)) == right)
    #expect(fresh.decode(stream.bytes + Array("\r\n\r\nhello\n".utf8)) == right)
  }
}
