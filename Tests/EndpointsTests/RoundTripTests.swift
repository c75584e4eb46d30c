import Endpoints
import Testing
import WireFormats

@Suite("Messages arrive as they were sent")
struct RoundTripTests {
  static let sizes = [0, 1, 5, 4096, 65_537, 1 << 20]

  /// A message in which a swapped or lost piece shows.
  static func message(_ size: Int) -> [UInt8] {
    var message = [UInt8](repeating: 0x61, count: size)
    for index in stride(from: 0, to: size, by: 251) {
      message[index] = UInt8(truncatingIfNeeded: index / 251) | 0x80
    }
    return message
  }

  @Test("Of any size, one way, over every transport", arguments: Link.allCases)
  func oneWay(link: Link) throws {
    let ends = try link.ends()
    let sending = Background(ends.sender) { sender in
      var stream = MessageStream(sender, framing: .multiprocessing)
      for size in Self.sizes { try stream.send(Self.message(size)) }
    }
    var stream = MessageStream(ends.receiver, framing: .multiprocessing)
    for size in Self.sizes { #expect(try stream.receive() == Self.message(size), "\(size) bytes") }
    #expect(try stream.receive() == nil)
    try sending.value()
  }

  @Test(
    "There and back over one socket, in every framing",
    arguments: Link.sockets, Framing.allCases.filter { $0 != .none })
  func thereAndBack(link: Link, framing: Framing) throws {
    let ends = try link.ends()
    let echo = Background(ends.receiver) { receiver in
      var stream = MessageStream(receiver, framing: framing)
      while let message = try stream.receive() { try stream.send(message) }
    }
    var stream = MessageStream(ends.sender, framing: framing)
    for size in Self.sizes {
      try stream.send(Self.message(size))
      #expect(try stream.receive() == Self.message(size), "\(size) bytes")
    }
    try stream.finishSending()
    #expect(try stream.receive() == nil)
    try echo.value()
  }

  @Test("The bytes on the wire are the framing's, written at once", arguments: Link.allCases)
  func wire(link: Link) throws {
    let ends = try link.ends()
    var stream = MessageStream(ends.sender, framing: .netstring)
    let receiver = ends.receiver
    try stream.send(Array("hello".utf8))
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = try buffer.withUnsafeMutableBytes { try receiver.read(into: $0) }
    #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "5:hello,")
  }

  @Test("A message can be lent instead of copied")
  func lent() throws {
    let ends = try Link.pipe.ends()
    var sender = MessageStream(ends.sender, framing: .line)
    var receiver = MessageStream(ends.receiver, framing: .line)
    try sender.send(Array("hello".utf8))
    #expect(try receiver.receive { $0.count } == 5)
  }
}
