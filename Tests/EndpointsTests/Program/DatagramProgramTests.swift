import Endpoints
import Foundation
import Testing

@Suite("Datagrams in the endpoint program")
struct DatagramProgramTests {
  private let program: EndpointProgram
  private let transport = "unix-datagram"
  private var path: String { program.folder.entry("s") }

  init() throws { program = try EndpointProgram() }

  private func openBoth() throws {
    try #require(try program.open("r", transport, "listen") == "ok")
    try #require(try program.open("w", transport, "connect") == "ok")
  }

  @Test("It is declared")
  func declared() throws { #expect(try program.ask("hello").contains(",\(transport),")) }

  @Test("Each message is one datagram, an empty one as well, and there is no end")
  func messages() throws {
    try openBoth()
    try #require(try program.open("v", transport, "connect") == "ok")
    for command in ["w payload=61", "v payload=", "w payload=0a00", "w codec=json value=null"] {
      #expect(try program.ask("send channel=\(command)") == "ok")
    }
    #expect(try program.ask("close channel=v") == "ok")
    for payload in ["61", "", "0a00"] { #expect(try program.ask("receive channel=r") == "ok payload=\(payload)") }
    #expect(try program.ask("receive channel=r codec=json") == "ok value=null")
  }

  @Test("It goes one way, and nobody is accepted")
  func oneWay() throws {
    try openBoth()
    for command in [
      "accept channel=r", "accept channel=w", "send channel=r payload=00", "receive channel=w",
      "echo channel=r count=1",
      "echo channel=w count=1", "ping channel=r count=1 size=1", "ping channel=w count=1 size=1",
      "close channel=w how=read",
    ] {
      #expect(try program.kind(command) == "usage", "\(command)")
    }
    for channel in ["r", "w"] { #expect(try program.kind("close channel=\(channel) how=write") == "unsupported") }
    #expect(try program.open("x", transport, "connect", framing: "line") == "unsupported")
    #expect(try program.open("x", transport, "write") == "unsupported")
  }

  @Test("Sending waits while the queue is full")
  func fullQueue() throws {
    try openBoth()
    let other = try ChildProgram([Here.endpoint])
    #expect(try other.ask("open channel=w transport=\(transport) role=connect address=\(path) framing=none") == "ok")
    let count = DatagramTests.queueLength + 50
    for _ in 0..<count { try other.tell("send channel=w payload=61") }
    for _ in 0..<count { #expect(try program.ask("receive channel=r") == "ok payload=61") }
    for _ in 0..<count { #expect(try other.line() == "ok") }
  }

  @Test("Above the limit or the system's it is too large, and the next message comes as usual")
  func tooLarge() throws {
    try #require(try program.open("r", transport, "listen", options: " limit=2") == "ok")
    try #require(try program.open("w", transport, "connect", options: " limit=3") == "ok")
    try #require(try program.open("v", transport, "connect") == "ok")
    #expect(try program.kind("send channel=w payload=61616161") == "too-large")
    let huge = try program.folder.file("huge", [UInt8](repeating: 1, count: 16 << 20))
    #expect(try program.kind("send channel=v file=\(huge)") == "too-large")
    for payload in ["616161", "62"] { #expect(try program.ask("send channel=w payload=\(payload)") == "ok") }
    #expect(try program.kind("receive channel=r") == "too-large")
    #expect(try program.ask("receive channel=r") == "ok payload=62")
  }

  @Test("Where nobody receives it is missing or refused, and refused when the receiver goes")
  func nobody() throws {
    #expect(try program.open("w", transport, "connect") == "missing")
    try RawSocket.bound(path, RawSocket.datagram)
    #expect(try program.open("w", transport, "connect") == "refused")
    #expect(try program.open("l", "unix", "listen", "stream") == "ok")
    #expect(try program.open("w", transport, "connect", "stream") == "refused")
    try openBoth()
    #expect(try program.ask("close channel=r") == "ok")
    for _ in 0..<3 { #expect(try program.kind("send channel=w payload=61") == "refused") }
  }

  @Test("A stale file is replaced; where somebody receives, or something else is, it exists")
  func listening() throws {
    try RawSocket.bound(path, RawSocket.datagram)
    try openBoth()
    for transport in [transport, "unix"] { #expect(try program.open("x", transport, "listen") == "exists") }
    #expect(try program.ask("send channel=w payload=61") == "ok")
    #expect(try program.ask("receive channel=r") == "ok payload=61")
    let file = try program.folder.file("file", [1])
    #expect(try program.open("x", transport, "listen", "file") == "exists")
    #expect(try content(of: file) == [1])
  }

  @Test(
    "The socket file goes with the channel, with a reset and with the program",
    arguments: ["close channel=r", "reset", nil])
  func removed(command: String?) throws {
    try openBoth()
    #expect(exists(path))
    if let command { #expect(try program.ask(command) == "ok") } else { #expect(program.child.wait() == 0) }
    #expect(!exists(path))
  }

  #if os(Linux)
  @Test("After a reset nothing is left")
  func holdings() throws {
    _ = try program.ask("hello")
    let before = program.child.holdings
    try openBoth()
    #expect(program.child.holdings != before)
    #expect(try program.ask("reset") == "ok")
    #expect(program.child.holdings == before)
  }
  #endif
}
