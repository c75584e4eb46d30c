#if os(Linux)
import Foundation
import Testing

/// Messages that once cost the endpoint a minute or a gigabyte, through a socket and all.
@Suite("Expensive messages at the endpoint program")
struct ExpensiveMessageTests {
  /// A message of one piece again and again.
  struct Message: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var codec: String
    var head: [UInt8]
    var piece: [UInt8]
    var count: Int
    var tail: [UInt8]
    var expected: String

    var bytes: Data {
      var bytes = Data(head)
      let block = Data(repeatElement(piece, count: 1000).joined())
      for _ in 0..<(count / 1000) { bytes += block }
      return bytes + tail
    }
  }

  /// One number of 19,728 digits in the memo.
  private static let number: [UInt8] = [0x28, 0x8b, 0, 0x20, 0, 0] + [UInt8](repeating: 0x7f, count: 8192) + [0x71, 0]
  private static let digits = Array((String(repeating: "9", count: 19_999) + ",").utf8)

  static let messages = [
    Message(
      testDescription: "a long number fetched 5,000 times", codec: "pickle", head: number, piece: [0x68, 0],
      count: 5000, tail: [0x74, 0x2e], expected: "too-large"),
    Message(
      testDescription: "a long number fetched 20 times", codec: "pickle",
      head: number + (0..<20).flatMap { _ in [0x68, 0] as [UInt8] }, piece: [], count: 0, tail: [0x74, 0x2e],
      expected: "usage"),
    Message(
      testDescription: "1,000 numbers of 19,999 digits", codec: "json", head: [0x5b], piece: digits, count: 1000,
      tail: [0x30, 0x5d], expected: "usage"),
    Message(
      testDescription: "four million lists in a list", codec: "pickle", head: [0x28], piece: [0x5d], count: 4_190_000,
      tail: [0x6c, 0x2e], expected: "usage"),
    Message(
      testDescription: "four million lists that are thrown away", codec: "pickle", head: [], piece: [0x5d],
      count: 4_190_000, tail: [0x2e], expected: "ok value=list:0"),
    Message(
      testDescription: "46 MB of small numbers", codec: "json", head: [0x5b], piece: [0x31, 0x2c], count: 23_000_000,
      tail: [0x30, 0x5d], expected: "usage"),
    Message(
      testDescription: "two million small numbers in a pickle", codec: "pickle", head: [0x28], piece: [0x4b, 1],
      count: 2_000_000, tail: [0x74, 0x2e], expected: "usage"),
    Message(
      testDescription: "objects of objects", codec: "pickle", head: Array("(cm\nC\nq\0".utf8),
      piece: [0x68, 0, 0x29, 0x81],
      count: 500_000, tail: [0x74, 0x2e], expected: "usage"),
  ]

  @Test(
    "Each is answered, in memory in proportion to it, and what is too long for a reply is kept", arguments: messages)
  func answered(message: Message) throws {
    let reader = try EndpointProgram()
    let writer = try ChildProgram([Here.endpoint])
    let file = reader.folder.entry("message")
    let bytes = message.bytes
    try bytes.write(to: URL(fileURLWithPath: file))
    #expect(try reader.open("c", "unix", "listen", framing: "multiprocessing") == "ok")
    let address = reader.folder.entry("s")
    #expect(
      try writer.ask("open channel=c transport=unix role=connect address=\(address) framing=multiprocessing") == "ok")
    #expect(try reader.ask("accept channel=c") == "ok")
    try writer.tell("send channel=c file=\(file)")
    #expect(try reader.kind("receive channel=c codec=\(message.codec)") == message.expected)
    #expect(try writer.line() == "ok")
    let peak = try #require(Self.peakMemory(of: reader.child.id))
    #expect(peak <= 16 * bytes.count + 32 << 20, "\(peak >> 20) MiB for \(bytes.count) bytes")
    guard message.expected == "usage" else { return }
    #expect(try reader.ask("receive channel=c file=\(file)") == "ok length=\(bytes.count)")
  }

  /// The largest memory that a process has had, in bytes.
  private static func peakMemory(of process: pid_t) -> Int? {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    return number.map { $0 << 10 }
  }
}
#endif
