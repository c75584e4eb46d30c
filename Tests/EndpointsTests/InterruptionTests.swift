import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A signal during a blocked call changes nothing", .serialized)
struct InterruptionTests {
  @Test("Reading", arguments: Link.allCases)
  func reading(link: Link) throws {
    let ends = try link.ends()
    let number = ends.receiver.release()
    let storm = SignalStorm {
      var stream = MessageStream(Descriptor(owning: number), framing: .line)
      return try stream.receive()
    }
    let (first, second) = (Array("hel".utf8), Array("lo\n".utf8))
    storm.rage(100)
    try ends.sender.write(first.span)
    storm.rage(100)
    try ends.sender.write(second.span)
    #expect(try storm.value() == Array("hello".utf8))
  }

  @Test("Writing 4 MiB", arguments: Link.allCases)
  func writing(link: Link) throws {
    let ends = try link.ends()
    let message = RoundTripTests.message(4 << 20)
    let number = ends.sender.release()
    let receiver = ends.receiver
    // Left alone, TCP takes megabytes into its buffers.
    var room: Int32 = 65_536
    for (end, option) in [(number, SO_SNDBUF), (receiver.number, SO_RCVBUF)] {
      setsockopt(end, SOL_SOCKET, option, &room, socklen_t(MemoryLayout<Int32>.size))
    }
    let storm = SignalStorm {
      var stream = MessageStream(Descriptor(owning: number), framing: .multiprocessing)
      try stream.send(message)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < message.count + 4 {
      if bytes.count < 128 << 10 {
        #expect(storm.rage(20))
      }
      let count = try buffer.withUnsafeMutableBytes { try receiver.read(into: $0) }
      try #require(count > 0)
      bytes += buffer.prefix(count)
    }
    try storm.value()
    let isRight = bytes == [0, 0x40, 0, 0] + message
    #expect(isRight)
  }

  @Test("Accepting")
  func accepting() throws {
    let folder = try TemporaryFolder()
    let listener = Shared(try SocketListener(.unix(path: folder.entry("s"))))
    let storm = SignalStorm { _ = try listener.value.accept() }
    storm.rage(100)
    _ = try Descriptor.connected(to: listener.value.address)
    try storm.value()
  }

  @Test("Connecting to a listener whose queue is full")
  func connecting() throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress.unix(path: folder.entry("s"))
    let listener = try SocketListener(address, backlog: 0)
    // With a backlog of 0 one peer may wait; the second connect blocks.
    let first = try Descriptor.connected(to: address)
    let storm = SignalStorm {
      var stream = MessageStream(try .connected(to: address), framing: .line)
      try stream.send(Array("hello".utf8))
    }
    try #require(storm.rage(100), "connect came back though nobody was accepted")
    _ = try listener.accept()
    var peer = MessageStream(try listener.accept(), framing: .line)
    #expect(try peer.receive() == Array("hello".utf8))
    try storm.value()
    _ = first.number
  }

  @Test("Opening a FIFO", arguments: [true, false])
  func opening(isReader: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.entry("f")
    try Fifo.make(at: path)
    let storm = SignalStorm {
      _ = isReader ? try Fifo.openForReading(path) : try Fifo.openForWriting(path)
    }
    storm.rage(100)
    _ = isReader ? try Fifo.openForWriting(path) : try Fifo.openForReading(path)
    try storm.value()
  }

  @Test("Receiving a packet")
  func packet() throws {
    let ends = try Packets.ends()
    let number = ends.receiver.release()
    let storm = SignalStorm { try PacketSocket(Descriptor(owning: number)).receive() }
    storm.rage(100)
    let message = Array("hello".utf8)
    try PacketSocket(ends.sender).send(message.span)
    #expect(try storm.value() == message)
  }

  @Test("Receiving a datagram")
  func receivingDatagram() throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress.unix(path: folder.entry("s"))
    let receiver = Shared(try DatagramSocket(receivingAt: address))
    let storm = SignalStorm { try receiver.value.receive() }
    storm.rage(100)
    try DatagramSocket(sendingTo: address).send([1].span)
    #expect(try storm.value() == [1])
  }

  @Test("Sending datagrams to a queue that is full")
  func sendingDatagrams() throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress.unix(path: folder.entry("s"))
    let receiver = try DatagramSocket(receivingAt: address)
    let count = DatagramTests.queueLength + 50
    let storm = SignalStorm {
      let sender = try DatagramSocket(sendingTo: address)
      for _ in 0..<count { try sender.send([2].span) }
    }
    try #require(storm.rage(100), "sending came back though nobody received")
    for _ in 0..<count { #expect(try receiver.receive() == [2]) }
    try storm.value()
  }
}

/// Something with one owner that several threads may use.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}
