import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Deadlines")
struct DeadlineTests {
  @Test("Receiving what does not come is a timeout, and what comes later is received", arguments: Link.allCases)
  func receiving(link: Link) throws {
    let ends = try link.ends()
    var receiver = MessageStream(ends.takeReceiver(), framing: .line)
    try ends.sender.write(Array("hel".utf8).span)
    #expect(kind { _ = try receiver.receive(until: .after(.milliseconds(10))) } == .timeout)
    try ends.sender.write(Array("lo\n".utf8).span)
    #expect(try receiver.receive(until: .after(.seconds(60))) == Array("hello".utf8))
  }

  @Test("Sending what nobody takes is a timeout", arguments: Link.allCases)
  func sending(link: Link) throws {
    let ends = try link.ends()
    let message = [UInt8](repeating: 0x78, count: 4 << 20)
    #expect(kind { try ends.sender.write(message.span, until: .after(.milliseconds(50))) } == .timeout)
  }

  @Test("What somebody takes in time arrives whole", arguments: Link.allCases)
  func arrives(link: Link) throws {
    let ends = try link.ends()
    let message = [UInt8](repeating: 7, count: 1 << 20) + [8]
    let receiver = Background(ends.takeReceiver()) { descriptor in
      var stream = MessageStream(descriptor, framing: .multiprocessing)
      return try stream.receive(until: .after(ChildProgram.patience))
    }
    var sender = MessageStream(ends.takeSender(), framing: .multiprocessing)
    try sender.send(message, until: .after(ChildProgram.patience))
    #expect(try receiver.value() == message)
  }

  @Test("The peer's end is no timeout", arguments: Link.allCases)
  func end(link: Link) throws {
    let ends = try link.ends()
    var receiver = MessageStream(ends.takeReceiver(), framing: .line)
    _ = consume ends
    #expect(try receiver.receive(until: .after(ChildProgram.patience)) == nil)
  }

  @Test("A deadline that is over still takes what is there", arguments: Link.allCases)
  func over(link: Link) throws {
    let ends = try link.ends()
    try ends.sender.write(Array("hello\n".utf8).span)
    var receiver = MessageStream(ends.takeReceiver(), framing: .line)
    #expect(try receiver.receive(until: .after(.seconds(-1))) == Array("hello".utf8))
  }

  #if os(Linux)
  @Test("Connecting to a listener whose queue is full is a timeout")
  func connecting() throws {
    let folder = try TemporaryFolder()
    let address = SocketAddress.unix(path: folder.entry("s"))
    let listener = try SocketListener(address, backlog: 0)
    let first = try Descriptor.connected(to: address)
    #expect(kind { _ = try Descriptor.connected(to: address, until: .after(.milliseconds(20))) } == .timeout)
    _ = try listener.accept()
    _ = try Descriptor.connected(to: address, until: .after(ChildProgram.patience))
    _ = first.number
  }
  #endif
}

extension Link.Ends {
  /// A duplicate of the receiving end; outside its module the pair cannot be taken apart.
  fileprivate func takeReceiver() -> Descriptor { Descriptor(owning: fcntl(receiver.number, F_DUPFD_CLOEXEC, 3)) }
  fileprivate func takeSender() -> Descriptor { Descriptor(owning: fcntl(sender.number, F_DUPFD_CLOEXEC, 3)) }
}
