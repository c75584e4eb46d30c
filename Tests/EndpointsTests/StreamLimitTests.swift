import Endpoints
import Testing
import WireFormats

@Suite("A stream's limit holds in both directions")
struct StreamLimitTests {
  @Test("A message over it is too large, and nothing of it is sent")
  func sending() throws {
    let ends = try Link.pipe.ends()
    var sender = MessageStream(ends.sender, framing: .multiprocessing, limit: 4)
    var receiver = MessageStream(ends.receiver, framing: .multiprocessing)
    #expect(kind { try sender.send([1, 2, 3, 4, 5]) } == .tooLarge)
    try sender.send([1, 2, 3, 4])
    #expect(try receiver.receive() == [1, 2, 3, 4])
  }

  @Test("A line feed in a line is malformed, and nothing of it is sent")
  func lineFeed() throws {
    let ends = try Link.pipe.ends()
    var sender = MessageStream(ends.sender, framing: .line)
    var receiver = MessageStream(ends.receiver, framing: .line)
    #expect(kind { try sender.send(Array("two\nlines".utf8)) } == .malformed)
    try sender.send(Array("one".utf8))
    #expect(try receiver.receive() == Array("one".utf8))
  }

  @Test("A frame over it is too large at its announcement, before its payload has come")
  func receiving() throws {
    let ends = try Link.pipe.ends()
    let announcement: [UInt8] = [0, 0, 0, 5]
    try ends.sender.write(announcement.span)
    var receiver = MessageStream(ends.receiver, framing: .multiprocessing, limit: 4)
    for _ in 0..<2 { #expect(kind { _ = try receiver.receive() } == .tooLarge) }
  }

  @Test("Bytes that are no frame are malformed")
  func malformed() throws {
    let ends = try Link.pipe.ends()
    let garbage = Array("GET / HTTP/1.1\r\n".utf8)
    try ends.sender.write(garbage.span)
    var receiver = MessageStream(ends.receiver, framing: .netstring)
    #expect(kind { _ = try receiver.receive() } == .malformed)
  }
}
