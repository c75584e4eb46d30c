import Endpoints
import Foundation
import Testing
import WireFormats

/// The two ends of a packet socket.
enum Packets {
  static func ends() throws -> Link.Ends {
    let folder = try TemporaryFolder()
    let listener = try SocketListener(.unix(path: folder.entry("s")), kind: .packets)
    let sender = try Descriptor.connected(to: listener.address, kind: .packets)
    return Link.Ends(sender: sender, receiver: try listener.accept())
  }
}

#if os(Linux)
@Suite("Packets keep their bounds")
struct PacketTests {
  @Test("Sent one after the other they arrive one by one, then the end")
  func bounds() throws {
    let ends = try Packets.ends()
    let messages = [1, 5, 65_536, 3, 100_000].map(RoundTripTests.message)
    let sending = Background(ends.sender) { sender in
      let socket = PacketSocket(sender)
      for message in messages { try socket.send(message.span) }
    }
    let socket = PacketSocket(ends.receiver)
    for message in messages { #expect(try socket.receive() == message, "\(message.count) bytes") }
    for _ in 0..<2 { #expect(try socket.receive() == nil) }
    try sending.value()
  }

  @Test("The answer still comes after a half-close")
  func halfClose() throws {
    let ends = try Packets.ends()
    let (question, answer) = (Array("question".utf8), Array("answer".utf8))
    let asking = PacketSocket(ends.sender)
    let answering = PacketSocket(ends.receiver)
    try asking.send(question.span)
    try asking.finishSending()
    #expect(try answering.receive() == question)
    #expect(try answering.receive() == nil)
    try answering.send(answer.span)
    #expect(try asking.receive() == answer)
  }

  @Test("An empty message is malformed, one over the limit too large, and neither is sent")
  func unsendable() throws {
    let ends = try Packets.ends()
    let (nothing, four, five): ([UInt8], [UInt8], [UInt8]) = ([], [1, 2, 3, 4], [1, 2, 3, 4, 5])
    let sender = PacketSocket(ends.sender, limit: 4)
    #expect(kind { try sender.send(nothing.span) } == .malformed)
    #expect(kind { try sender.send(five.span) } == .tooLarge)
    try sender.send(four.span)
    #expect(try PacketSocket(ends.receiver).receive() == four)
  }

  @Test("A packet that the system does not take is too large")
  func tooLargeForTheSystem() throws {
    let ends = try Packets.ends()
    let message = RoundTripTests.message(16 << 20)
    let sender = PacketSocket(ends.sender)
    #expect(kind { try sender.send(message.span) } == .tooLarge)
  }

  @Test("A packet over the receiver's limit is too large")
  func receiverLimit() throws {
    let ends = try Packets.ends()
    let message = RoundTripTests.message(5)
    try PacketSocket(ends.sender).send(message.span)
    let receiver = PacketSocket(ends.receiver, limit: 4)
    #expect(kind { _ = try receiver.receive() } == .tooLarge)
  }

  @Test("Sending to a peer that is gone is closed")
  func closed() throws {
    let ends = try Packets.ends()
    let message = RoundTripTests.message(5)
    let sender = PacketSocket(ends.sender)
    _ = close(ends.receiver.release())
    #expect(kind { try sender.send(message.span) } == .closed)
  }
}
#endif
