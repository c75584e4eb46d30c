import Endpoints
import Foundation
import Testing

@Suite("Channels of the endpoint program")
struct ChannelTests {
  private let program: EndpointProgram

  init() throws { program = try EndpointProgram() }

  @Test("A second accept is usage, and so is one on a channel that does not listen")
  func accept() throws {
    try program.openPair()
    try #require(try program.open("w", "file-slot", "write") == "ok")
    for channel in ["a", "b", "w"] { #expect(try program.kind("accept channel=\(channel)") == "usage", "\(channel)") }
    #expect(try program.ask("send channel=b payload=61") == "ok")
    #expect(try program.ask("receive channel=a") == "ok payload=61")
  }

  @Test("Only a duplex stream is half-closed")
  func halfClose() throws {
    try Fifo.make(at: program.folder.entry("fifo"))
    try program.openPair()
    let other = try ChildProgram([Here.endpoint])
    try other.tell(
      "open channel=f transport=fifo role=write address=\(program.folder.entry("fifo")) framing=line")
    #expect(try program.open("f", "fifo", "read", "fifo", framing: "line") == "ok")
    #expect(try other.line() == "ok")
    #expect(try program.open("c", "file-cell", "write", "cell") == "ok")
    #expect(try program.open("s", "file-slot", "write", "slot") == "ok")
    #expect(try program.open("p", "dotnet-pipe", "listen", "pipe", framing: "line") == "ok")
    #expect(try program.open("q", "dotnet-pipe", "connect", "pipe", framing: "line") == "ok")
    for channel in ["f", "c", "s", "p", "q"] {
      #expect(try program.kind("close channel=\(channel) how=write") == "unsupported", "\(channel)")
      #expect(try program.kind("close channel=\(channel) how=both") == "usage", "\(channel)")
    }
    #expect(try program.ask("close channel=b how=write") == "ok")
    #expect(try program.ask("receive channel=a") == "ok end=true")
    #expect(try program.ask("send channel=a payload=61") == "ok")
    #expect(try program.ask("receive channel=b") == "ok payload=61")
  }

  @Test("At what is no socket it exists, and stays as it is", arguments: ["unix", "dotnet-pipe", "unix-seqpacket"])
  func otherNodes(transport: String) throws {
    let file = try program.folder.file("file", Array("precious".utf8))
    try Fifo.make(at: program.folder.entry("fifo"))
    let framing = transport == "unix-seqpacket" ? "none" : "line"
    for entry in ["file", "fifo", ""] {
      #expect(try program.open("c", transport, "listen", entry, framing: framing) == "exists", "\(entry)")
    }
    #expect(try content(of: file) == Array("precious".utf8))
    #expect(exists(program.folder.entry("fifo")))
  }

  @Test("A listener that is refused leaves the other one without a peer that says nothing")
  func noPhantom() throws {
    #expect(try program.open("l", "unix", "listen") == "ok")
    for transport in ["unix", "unix-seqpacket", "unix-datagram"] {
      #expect(try program.open("x", transport, "listen") == "exists", "\(transport)")
    }
    #expect(try program.open("c", "unix", "connect") == "ok")
    #expect(try program.ask("send channel=c payload=61") == "ok")
    #expect(try program.ask("accept channel=l") == "ok")
    #expect(try program.ask("receive channel=l") == "ok payload=61")
  }

  @Test("An inherited descriptor of another kind is usage, and stays open")
  func inherited() throws {
    let pipe = try Descriptor.pipe()
    let listener = try SocketListener(.unix(path: program.folder.entry("s")))
    let end = try Descriptor.connected(to: listener.address)
    // Descriptors 3 and 4 of the program.
    let heir = try EndpointProgram(inheriting: [pipe.reader.number, end.number])
    func open(_ transport: String, _ number: Int) throws -> String {
      try heir.kind("open channel=c\(number) transport=\(transport) role=read address=\(number) framing=line")
    }
    #expect(try open("socketpair", 3) == "usage")
    #expect(try open("pipe", 4) == "usage")
    #expect(try open("pipe", 2) == "usage")
    #expect(try open("pipe", 99) == "missing")
    #expect(try open("pipe", 3) == "ok")
    #expect(try open("socketpair", 4) == "ok")
    try pipe.writer.write(Array("hello\n".utf8).span)
    #expect(try heir.ask("receive channel=c3") == "ok payload=68656c6c6f")
  }

  #if os(Linux)
  @Test("A frame over the limit takes no memory, not even addresses")
  func announcedLength() throws {
    #expect(try program.open("l", "unix", "listen", framing: "u32le") == "ok")
    let sender = try Descriptor.connected(to: .unix(path: program.folder.entry("s")))
    #expect(try program.ask("accept channel=l") == "ok")
    let before = try addressSpace()
    try sender.write([0xff, 0xff, 0xff, 0x7f].span)
    #expect(try program.kind("receive channel=l") == "too-large")
    #expect(try addressSpace() - before < 32 << 20)
  }

  /// The highest size in bytes that the program's address space has had.
  private func addressSpace() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(program.child.id)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) << 10
  }
  #endif
}
