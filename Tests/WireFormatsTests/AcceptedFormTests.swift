import Testing
import WireFormats

/// A stream that is not the shortest form of its one message and is accepted all the same.
struct Accepted: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var framing: Framing
  var bytes: [UInt8]
  var message: String

  init(_ description: String, _ framing: Framing, _ bytes: [UInt8], _ message: String = "hello") {
    testDescription = "\(framing.rawValue): \(description)"
    (self.framing, self.bytes, self.message) = (framing, bytes, message)
  }

  init(_ description: String, header: String) {
    self.init(description, .contentLength, Array((header + "\r\n\r\nhello").utf8))
  }
}

@Suite("What is unusual but allowed is accepted")
struct AcceptedFormTests {
  static let hello = Array("hello".utf8)

  static let all = [
    Accepted(
      "the long form of a short length", .multiprocessing,
      [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 5] + hello),
    Accepted("a CR is payload", .line, Array("hello\r\n".utf8), "hello\r"),
    Accepted("more bytes than necessary", .varint, [0x85, 0x80, 0x00] + hello),
    Accepted("ten bytes", .varint, [0x85] + [UInt8](repeating: 0x80, count: 8) + [0x00] + hello),
    Accepted("lower case", header: "content-length: 5"),
    Accepted("mixed case", header: "cOnTeNt-LeNgTh: 5"),
    Accepted("no blank", header: "Content-Length:5"),
    Accepted("blanks and tabs around the number", header: "Content-Length: \t 5 \t"),
    Accepted("leading zeros, 19 digits", header: "Content-Length: 0000000000000000005"),
    Accepted(
      "another header before", header: "Content-Type: application/json; charset=utf-8\r\nContent-Length: 5"),
    Accepted("another header after", header: "Content-Length: 5\r\nX-Colon: a:b:c"),
    Accepted("another header without a value", header: "Empty:\r\nContent-Length: 5"),
    Accepted("a header whose name only begins alike", header: "Content-Lengthy: 7\r\nContent-Length: 5"),
    Accepted(
      "4096 bytes of header", header: "Content-Length: 5\r\nX: " + String(repeating: "x", count: 4070)),
  ]

  @Test("Whole, in two pieces at every offset, in single bytes", arguments: all)
  func accepted(_ stream: Accepted) {
    let fresh = FrameDecoder(stream.framing)
    let right = Decoded(messages: [Array(stream.message.utf8)])
    // The long header has 4096 offsets; only those at its end tell anything.
    let offsets = stream.bytes.indices.suffix(120).map { [$0] }
    for cuts in [[]] + offsets + (stream.bytes.count < 120 ? [Cuts.everywhere(stream.bytes.count)] : []) {
      #expect(fresh.decode(stream.bytes, cutAt: cuts) == right, "cut at \(cuts)")
    }
  }
}
