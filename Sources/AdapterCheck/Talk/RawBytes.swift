import AdapterProtocol
import Cases
import WireFormats

/// Bytes that no sender of a framing writes, and what a receiver makes of them.
///
/// The adapter itself writes them, as lines: over a connection of which one end has the framing `line` and the other the one that
/// is tried. So each line has a line feed behind it, and none in it.
struct RawBytes: Sendable {
  let framing: Framing
  let limit: Int
  let lines: [[UInt8]]
  /// The receiver's command, and what must come of it.
  let receiving: Nonsense

  private init(_ framing: Framing, _ lines: [[UInt8]], limit: Int, _ receiving: Nonsense) {
    (self.framing, self.lines, self.limit, self.receiving) = (framing, lines, limit, receiving)
  }

  /// Bytes that are refused.
  private static func refused(
    _ title: String, _ framing: Framing, _ lines: [[UInt8]], _ kind: ErrorKind, limit: Int = 1000, _ rule: Requirement
  ) -> RawBytes {
    let name = "\(title), in \(framing.rawValue)"
    return RawBytes(framing, lines, limit: limit, Nonsense(name, "receive channel=c", kind, breaking: rule))
  }

  /// Bytes that are the message "hello".
  private static func hello(
    _ title: String, _ framing: Framing, _ lines: [[UInt8]], _ rule: Requirement
  ) -> RawBytes {
    let reply = Reply.ok([Field("payload", Hex.text("hello".utf8))])
    let name = "\(title), in \(framing.rawValue)"
    return RawBytes(framing, lines, limit: 1000, Nonsense(name, "receive channel=c", answers: reply, by: rule))
  }

  private static func header(_ lines: String...) -> [[UInt8]] { lines.map { Array($0.utf8) } }

  static let all: [RawBytes] =
    [
      hello(
        "the long form of a short length", .multiprocessing,
        [[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 5] + Array("hello".utf8)], .multiprocessingLongForm),
      refused(
        "a length of -2", .multiprocessing, [[0xff, 0xff, 0xff, 0xfe]], .malformed, .multiprocessingNegative),
      refused("a line above the limit", .line, header("hello"), .tooLarge, limit: 2, .lineTooLarge),
      refused("a leading zero", .netstring, header("05:hello,"), .malformed, .netstringLength),
      refused("no comma behind the payload", .netstring, header("5:hello"), .malformed, .netstringComma),
      refused(
        "more digits than the limit has", .netstring, header("100000000"), .tooLarge, .netstringTooLarge),
      hello("a length in more bytes than it needs", .varint, [[0x85, 0x80, 0] + Array("hello".utf8)], .varintPadded),
      refused("eleven bytes", .varint, [Array(repeating: 0x80, count: 10) + [1]], .malformed, .varintTooLong),
    ] + headers

  private static let headers: [RawBytes] = [
    hello(
      "a name in other letters", .contentLength, header("CONTENT-length: 5\r", "\r", "hello"), .headerNamesAnyCase),
    hello(
      "another header", .contentLength, header("Content-Type: text\r", "Content-Length: 5\r", "\r", "hello"),
      .otherHeaders),
    hello(
      "blanks, tabs and zeros around the number", .contentLength, header("Content-Length: \t 005 \t\r", "\r", "hello"),
      .contentLengthPadding),
    refused(
      "no Content-Length", .contentLength, header("Content-Type: text\r", "\r"), .malformed, .oneContentLength),
    refused(
      "two of them", .contentLength, header("Content-Length: 5\r", "Content-Length: 5\r", "\r"), .malformed,
      .oneContentLength),
    refused(
      "a number of 20 digits", .contentLength, header("Content-Length: 00000000000000000005\r", "\r"), .malformed,
      .contentLengthDigits),
    refused(
      "a sign", .contentLength, header("Content-Length: +5\r", "\r"), .malformed, .contentLengthDigits),
    refused(
      "a header of more than 4096 bytes", .contentLength, header("X: \(String(repeating: "x", count: 4200))\r"),
      .malformed, .headerTooLong),
    refused("a line without CR", .contentLength, header("Content-Length: 5"), .malformed, .headerLines),
    refused("a line without a colon", .contentLength, header("Content-Length 5\r"), .malformed, .headerLineAtOnce),
    refused(
      "a length above the limit, and then a second one", .contentLength,
      header("Content-Length: 5000\r", "Content-Length: 5\r", "\r"), .malformed, .contentLengthTooLargeAtEnd),
  ]
}
