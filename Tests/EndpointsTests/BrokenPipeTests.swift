import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A peer that goes away")
struct BrokenPipeTests {
  @Test("Sending to it is closed", arguments: Link.allCases)
  func closed(link: Link) throws {
    let ends = try link.ends()
    var stream = MessageStream(ends.sender, framing: .line)
    _ = close(ends.receiver.release())
    let big = RoundTripTests.message(1 << 20)
    var found = kind { try stream.send(big) }
    // TCP learns of it with the answer to the first segment, as a reset; from then on it is closed.
    if link == .tcp, found == nil || found == .reset { found = kind { while true { try stream.send(big) } } }
    if link == .tcp, found == .reset { found = kind { try stream.send(big) } }
    #expect(found == .closed)
  }

  @Test("The process lives: its first stream ignores SIGPIPE")
  func lives() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let ends = try Link.unix.ends()
      _ = close(ends.receiver.release())
      var stream = MessageStream(ends.sender, framing: .line)
      #expect(kind { try stream.send([1]) } == .closed)
    }
  }

  @Test("So does a packet socket")
  func livesWithPackets() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let ends = try Packets.ends()
      _ = close(ends.receiver.release())
      let message: [UInt8] = [1]
      let socket = PacketSocket(ends.sender)
      #expect(kind { try socket.send(message.span) } == .closed)
    }
  }

  @Test("A handler that the process has chosen stays")
  func handlerStays() async {
    await #expect(processExitsWith: .exitCode(42)) {
      signal(SIGPIPE) { _ in _exit(42) }
      let ends = try Link.unix.ends()
      _ = close(ends.receiver.release())
      var stream = MessageStream(ends.sender, framing: .line)
      try stream.send([1])
    }
  }

  @Test("With unread data it is a reset", arguments: Link.sockets)
  func reset(link: Link) throws {
    let ends = try link.ends()
    let unread = Array("unread\n".utf8)
    try ends.sender.write(unread.span)
    var entry = pollfd(fd: ends.receiver.number, events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, -1) == 1)
    _ = close(ends.receiver.release())
    var stream = MessageStream(ends.sender, framing: .line)
    #expect(kind { _ = try stream.receive() } == .reset)
  }
}
