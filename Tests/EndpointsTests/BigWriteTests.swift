import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A big write survives a slow reader")
struct BigWriteTests {
  @Test("4 MiB in partial writes, all of them in order", arguments: Link.allCases, [false, true])
  func slowReader(link: Link, isNonBlocking: Bool) throws {
    let ends = try link.ends()
    // The flag belongs to the open file: a parent that shares it may have set it.
    for number in [ends.sender.number, ends.receiver.number] where isNonBlocking {
      #expect(fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0)
    }
    let receiver = ends.receiver
    let message = RoundTripTests.message(4 << 20)
    let writing = Background(ends.sender) { sender in
      var stream = MessageStream(sender, framing: .netstring)
      try stream.send(message)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4093)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try receiver.read(into: $0) }
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    try writing.value()
    // Compared as a whole: #expect would describe 4 MiB.
    let isRight = bytes == Array("4194304:".utf8) + message + Array(",".utf8)
    #expect(isRight)
  }
}
