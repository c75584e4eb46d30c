import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("The end of a stream")
struct StreamEndTests {
  @Test("Between two frames it is clean, now and every time after", arguments: Link.allCases)
  func clean(link: Link) throws {
    let ends = try link.ends()
    let bytes = Array("5:hello,".utf8)
    try ends.sender.write(bytes.span)
    _ = close(ends.sender.release())
    var stream = MessageStream(ends.receiver, framing: .netstring)
    #expect(try stream.receive() == Array("hello".utf8))
    for _ in 0..<3 { #expect(try stream.receive() == nil) }
  }

  @Test("Inside a frame it is truncated", arguments: Link.allCases)
  func truncated(link: Link) throws {
    let ends = try link.ends()
    let bytes = Array("5:hello,5:hell".utf8)
    try ends.sender.write(bytes.span)
    _ = close(ends.sender.release())
    var stream = MessageStream(ends.receiver, framing: .netstring)
    #expect(try stream.receive() == Array("hello".utf8))
    for _ in 0..<2 { #expect(kind { _ = try stream.receive() } == .truncated) }
  }

  @Test("After a half-close the answer still comes", arguments: Link.sockets)
  func halfClose(link: Link) throws {
    let ends = try link.ends()
    var asking = MessageStream(ends.sender, framing: .line)
    var answering = MessageStream(ends.receiver, framing: .line)
    try asking.send(Array("question".utf8))
    try asking.finishSending()
    #expect(try answering.receive() == Array("question".utf8))
    #expect(try answering.receive() == nil)
    try answering.send(Array("answer".utf8))
    #expect(try asking.receive() == Array("answer".utf8))
    #expect(kind { try asking.send([1]) } == .closed)
  }

  @Test("A half-close after the peer is gone is no error")
  func halfCloseOfNothing() throws {
    let ends = try Link.tcp.ends()
    _ = close(ends.receiver.release())
    var stream = MessageStream(ends.sender, framing: .line)
    #expect(try stream.receive() == nil)
    try stream.finishSending()
  }

  @Test("A pipe or FIFO cannot be half-closed: unsupported", arguments: [Link.pipe, .fifo])
  func oneWay(link: Link) throws {
    let ends = try link.ends()
    let stream = MessageStream(ends.sender, framing: .line)
    #expect(kind { try stream.finishSending() } == .unsupported)
  }
}
