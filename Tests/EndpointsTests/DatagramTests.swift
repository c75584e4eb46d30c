import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Datagrams")
struct DatagramTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("s") }
  private var address: SocketAddress { .unix(path: path) }

  init() throws { folder = try TemporaryFolder() }

  @Test("They keep their bounds and their order, and an empty one is a message")
  func bounds() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address)
    let messages = [1, 0, 5, 65_536, 0, 3].map(RoundTripTests.message)
    for message in messages { try sender.send(message.span) }
    for message in messages { #expect(try receiver.receive() == message, "\(message.count) bytes") }
  }

  @Test("Sending waits while the receiver's queue is full, and nothing is lost")
  func fullQueue() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let messages = (0..<Self.queueLength + 50).map { Array("message \($0)".utf8) }
    let sending = Background { [address] in
      let sender = try DatagramSocket(sendingTo: address)
      for message in messages { try sender.send(message.span) }
    }
    for message in messages { #expect(try receiver.receive() == message) }
    try sending.value()
  }

  @Test("Several senders reach one receiver, each in its order")
  func severalSenders() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let senders: [UInt8] = [1, 2, 3]
    let sending = senders.map { name in
      Background { [address] in
        let sender = try DatagramSocket(sendingTo: address)
        for serial in UInt8(0)..<40 { try sender.send([name, serial].span) }
      }
    }
    var received: [UInt8: [UInt8]] = [:]
    for _ in 0..<senders.count * 40 {
      let message = try receiver.receive()
      received[message[0], default: []].append(message[1])
    }
    for sender in sending { try sender.value() }
    for name in senders { #expect(received[name] == Array(0..<40), "sender \(name)") }
  }

  @Test("The receiver does not see senders go, nor those that say nothing")
  func sendersGo() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    for serial in UInt8(0)..<3 {
      _ = try DatagramSocket(sendingTo: address)
      try DatagramSocket(sendingTo: address).send([serial].span)
    }
    for serial in UInt8(0)..<3 { #expect(try receiver.receive() == [serial]) }
  }

  @Test("One over the sender's limit is too large, and is not sent")
  func senderLimit() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address, limit: 4)
    let (four, five): ([UInt8], [UInt8]) = ([1, 2, 3, 4], [1, 2, 3, 4, 5])
    #expect(kind { try sender.send(five.span) } == .tooLarge)
    try sender.send(four.span)
    #expect(try receiver.receive() == four)
  }

  @Test("One that the system does not take is too large, and is not sent")
  func tooLargeForTheSystem() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address)
    let (huge, one) = (RoundTripTests.message(16 << 20), [UInt8(1)])
    #expect(kind { try sender.send(huge.span) } == .tooLarge)
    try sender.send(one.span)
    #expect(try receiver.receive() == one)
  }

  @Test("One over the receiver's limit is too large, and the next one is received")
  func receiverLimit() throws {
    let receiver = try DatagramSocket(receivingAt: address, limit: 4)
    let sender = try DatagramSocket(sendingTo: address)
    for length in [5, 4, 100_000, 0] { try sender.send(RoundTripTests.message(length).span) }
    #expect(kind { _ = try receiver.receive() } == .tooLarge)
    #expect(try receiver.receive() == RoundTripTests.message(4))
    #expect(kind { _ = try receiver.receive() } == .tooLarge)
    #expect(try receiver.receive() == [])
  }

  @Test("When the receiver is gone sending is refused, now and later, and so is who waits for room")
  func gone() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address)
    let waiting = Background { [address] in
      let sender = try DatagramSocket(sendingTo: address)
      while true { try sender.send([1].span) }
    }
    for _ in 0...Self.queueLength { _ = try receiver.receive() }
    _ = consume receiver
    #expect(kind { try waiting.value() } == .refused)
    for _ in 0..<3 { #expect(kind { try sender.send([1].span) } == .refused) }
    #expect(!exists(path))
  }

  @Test("Where no path is it is missing; where nobody receives any more, or not datagrams, it is refused")
  func connecting() throws {
    #expect(kind { _ = try DatagramSocket(sendingTo: address) } == .missing)
    try RawSocket.bound(path, RawSocket.datagram)
    #expect(kind { _ = try DatagramSocket(sendingTo: address) } == .refused)
    let listener = try SocketListener(address)
    #expect(kind { _ = try DatagramSocket(sendingTo: address) } == .refused)
    _ = listener.address
  }

  @Test("A stale socket file is replaced, of whatever kind it was", arguments: RawSocket.types)
  func stale(type: Int32) throws {
    try RawSocket.bound(path, type)
    let receiver = try DatagramSocket(receivingAt: address)
    try DatagramSocket(sendingTo: address).send([1].span)
    #expect(try receiver.receive() == [1])
  }

  @Test("Where somebody has a socket it exists, of whatever kind it is, and the file stays", arguments: RawSocket.types)
  func held(type: Int32) throws {
    let holder = try RawSocket.bound(path, type)
    #expect(kind { _ = try DatagramSocket(receivingAt: address) } == .exists)
    #expect(exists(path))
    _ = holder.number
  }

  @Test("Where somebody receives it exists, and the receiver notices nothing of the attempt")
  func live() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address)
    #expect(kind { _ = try DatagramSocket(receivingAt: address) } == .exists)
    #expect(kind { _ = try SocketListener(address) } == .exists)
    try sender.send([1].span)
    #expect(try receiver.receive() == [1])
  }

  @Test("Where something else is it exists, and stays as it is")
  func otherNodes() throws {
    _ = try folder.file("s", Array("precious".utf8))
    #expect(kind { _ = try DatagramSocket(receivingAt: address) } == .exists)
    #expect(try content(of: path) == Array("precious".utf8))
    #expect(kind { _ = try DatagramSocket(receivingAt: .unix(path: folder.path)) } == .exists)
  }

  @Test("A file that somebody else has put there since stays")
  func foreignFile() throws {
    let other: DatagramSocket
    do {
      let receiver = try DatagramSocket(receivingAt: address)
      unlink(path)
      other = try DatagramSocket(receivingAt: address)
      #expect(kind { try receiver.send([1].span) } == .usage)
    }
    try DatagramSocket(sendingTo: address).send([1].span)
    #expect(try other.receive() == [1])
  }

  @Test("The other direction, a path that is too long and a port are usage")
  func usage() throws {
    let receiver = try DatagramSocket(receivingAt: address)
    let sender = try DatagramSocket(sendingTo: address)
    #expect(kind { try receiver.send([1].span) } == .usage)
    #expect(kind { _ = try sender.receive() } == .usage)
    let places: [SocketAddress] = [
      .unix(path: folder.entry(ofPathLength: AddressTests.longest + 1)), .unix(path: ""), .tcp(port: 0),
    ]
    for place in places {
      #expect(kind { _ = try DatagramSocket(receivingAt: place) } == .usage, "\(place)")
      #expect(kind { _ = try DatagramSocket(sendingTo: place) } == .usage, "\(place)")
    }
  }

  #if os(Linux)
  @Test("An abstract name does as well")
  func abstract() throws {
    let receiver = try DatagramSocket(receivingAt: .abstract(name: path))
    try DatagramSocket(sendingTo: .abstract(name: path)).send([1].span)
    #expect(try receiver.receive() == [1])
    #expect(!exists(path))
  }
  #endif

  /// How many messages a receiver's queue has room for, at most.
  static let queueLength: Int = {
    let text = (try? String(contentsOfFile: "/proc/sys/net/unix/max_dgram_qlen", encoding: .utf8)) ?? ""
    return (Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 1024) + 1
  }()
}
