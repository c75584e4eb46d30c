import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Timeouts of the endpoint program")
struct TimeoutTests {
  private let program: EndpointProgram

  init() throws { program = try EndpointProgram() }

  private static let streams = ["unix", "tcp", "dotnet-pipe", "unix-abstract", "unix-seqpacket"]

  /// Opens a listener and returns its address.
  private func listen(_ transport: String, options: String = "") throws -> String {
    let framing = transport == "unix-seqpacket" ? "none" : "multiprocessing"
    let address =
      switch transport {
      case "tcp": "127.0.0.1:0"
      case "unix-abstract": "@\(program.folder.path)"
      default: program.folder.entry("s")
      }
    let reply = try program.ask(
      "open channel=a transport=\(transport) role=listen address=\(address) framing=\(framing)\(options)")
    let start = "ok address="
    return reply.hasPrefix(start) ? String(reply.dropFirst(start.count)) : address
  }

  private func connected(_ transport: String, _ address: String) throws -> Descriptor {
    switch transport {
    case "tcp": try .connected(to: .tcp(port: #require(UInt16(address.dropFirst("127.0.0.1:".count)))))
    case "unix-abstract": try .connected(to: .abstract(name: String(address.dropFirst())))
    case "unix-seqpacket": try .connected(to: .unix(path: address), kind: .packets)
    default: try .connected(to: .unix(path: address))
    }
  }

  @Test("It is declared")
  func declared() throws {
    let features = try program.ask("hello").split(separator: " ").last { $0.hasPrefix("features=") }
    #expect(try #require(features).dropFirst("features=".count).split(separator: ",").contains("timeout"))
  }

  @Test("Nobody comes, then somebody does, and is silent, and then is not", arguments: streams)
  func stream(transport: String) throws {
    let address = try listen(transport)
    for milliseconds in [0, 1, 20] {
      #expect(try program.kind("accept channel=a timeout=\(milliseconds)") == "timeout")
    }
    #expect(try program.kind("receive channel=a timeout=5") == "usage")
    let peer = try connected(transport, address)
    #expect(try program.ask("accept channel=a timeout=60000") == "ok")
    for milliseconds in [0, 1, 20] {
      #expect(try program.kind("receive channel=a timeout=\(milliseconds)") == "timeout")
    }
    if transport == "unix-seqpacket" {
      try peer.write([0x61].span)
      #expect(try program.ask("receive channel=a timeout=60000") == "ok payload=61")
    } else {
      // A part of the frame's head, of its body, and the rest.
      let frames = frame([0x61, 0x62]) + frame([0x63])
      for end in 1...5 {
        try peer.write([frames[end - 1]].span)
        #expect(try program.kind("receive channel=a timeout=5") == "timeout")
      }
      try peer.write(Array(frames[5...]).span)
      #expect(try program.ask("receive channel=a timeout=0") == "ok payload=6162")
      #expect(try program.ask("receive channel=a") == "ok payload=63")
    }
    #expect(try program.kind("receive channel=a timeout=5") == "timeout")
    try peer.finishSending()
    #expect(try program.ask("receive channel=a timeout=5") == "ok end=true")
  }

  @Test("After a timeout, accepting and receiving without one wait as ever")
  func without() throws {
    let address = try listen("unix")
    #expect(try program.kind("accept channel=a timeout=1") == "timeout")
    try program.child.tell("accept channel=a")
    let peer = try connected("unix", address)
    #expect(try program.child.line() == "ok")
    #expect(try program.kind("receive channel=a timeout=1") == "timeout")
    try program.child.tell("receive channel=a")
    try peer.write(frame([1]).span)
    #expect(try program.child.line() == "ok payload=01")
    try peer.finishSending()
    #expect(try program.ask("receive channel=a timeout=0") == "ok end=true")
  }

  @Test("With a key the timeout is for the peer's coming")
  func key() throws {
    let address = try listen("unix", options: " authkey=\(secretInHex)")
    #expect(try program.kind("accept channel=a timeout=1") == "timeout")
    let client = Background { _ = try MultiprocessingClient.connect(to: .unix(path: address), key: secret) }
    #expect(try program.ask("accept channel=a timeout=60000") == "ok")
    try client.value()
  }

  @Test("On transports without a listener")
  func others() throws {
    #expect(try program.open("d", "unix-datagram", "listen", "d") == "ok")
    #expect(try program.open("e", "unix-datagram", "connect", "d") == "ok")
    #expect(try program.open("w", "file-cell", "write", "cell") == "ok")
    #expect(try program.open("r", "file-cell", "read", "cell") == "ok")
    for (reader, writer) in [("d", "e"), ("r", "w")] {
      for milliseconds in [0, 1, 20] {
        #expect(try program.kind("receive channel=\(reader) timeout=\(milliseconds)") == "timeout")
      }
      #expect(try program.ask("send channel=\(writer) payload=61") == "ok")
      #expect(try program.ask("receive channel=\(reader) timeout=0") == "ok payload=61")
    }
    #expect(try program.kind("accept channel=d timeout=5") == "usage")
  }

  @Test("On inherited pipes, socketpairs and FIFOs")
  func inherited() throws {
    let pipe = try Descriptor.pipe()
    let pair = try Link.unix.ends()
    let heir = try EndpointProgram(inheriting: [pipe.reader.number, pair.receiver.number])
    let path = heir.folder.entry("fifo")
    try Fifo.make(at: path)
    try heir.child.tell("open channel=f transport=fifo role=read address=\(path) framing=line")
    let fifo = try Fifo.openForWriting(path)
    #expect(try heir.child.line() == "ok")
    #expect(try heir.ask("open channel=p transport=pipe role=read address=3 framing=line") == "ok")
    #expect(try heir.ask("open channel=s transport=socketpair role=read address=4 framing=line") == "ok")
    for channel in ["f", "p", "s"] {
      func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        switch channel {
        case "f": try fifo.write(bytes.span)
        case "p": try pipe.writer.write(bytes.span)
        default: try pair.sender.write(bytes.span)
        }
      }
      #expect(try heir.kind("receive channel=\(channel) timeout=0") == "timeout")
      try write("a")
      #expect(try heir.kind("receive channel=\(channel) timeout=5") == "timeout")
      try write("b\n")
      #expect(try heir.ask("receive channel=\(channel) timeout=5") == "ok payload=6162")
    }
  }

  #if os(Linux)
  @Test("Where nothing is waited for it changes nothing")
  func memory() throws {
    let memory = MemoryName()
    #expect(try program.open("w", "file-slot", "write", "slot") == "ok")
    #expect(try program.open("r", "file-slot", "read", "slot") == "ok")
    #expect(try program.ask("receive channel=r timeout=0") == "ok payload=")
    let place = "transport=shared-memory address=\(memory.name) framing=none"
    #expect(try program.ask("open channel=m \(place) role=write size=2") == "ok")
    #expect(try program.ask("open channel=n \(place) role=read") == "ok")
    #expect(try program.ask("receive channel=n timeout=0") == "ok payload=0000")
  }

  @Test("On a queue of a spawn context, also in the middle of a message, whose lock is kept until its rest has come")
  func spawnQueue() throws {
    let lock = MemoryName()
    let semaphore = try NamedSemaphore(creating: lock.name, value: 1)
    let pipe = try Descriptor.pipe()
    let heir = try EndpointProgram(inheriting: [pipe.reader.number])
    #expect(
      try heir.ask(
        "open channel=q transport=spawn-queue role=read address=3 framing=multiprocessing lock=\(lock.name)") == "ok")
    #expect(try heir.kind("receive channel=q timeout=0") == "timeout")
    for byte in frame([1, 2]).dropLast() {
      try pipe.writer.write([byte].span)
      #expect(try heir.kind("receive channel=q timeout=5") == "timeout")
      #expect(kind { try semaphore.withLock(atMost: .zero) {} } == .timeout)
    }
    try pipe.writer.write([2].span)
    #expect(try heir.ask("receive channel=q timeout=0") == "ok payload=0102")
    try semaphore.wait()
    try pipe.writer.write(frame([3]).span)
    #expect(try heir.kind("receive channel=q timeout=5") == "timeout")
    try semaphore.post()
    #expect(try heir.ask("receive channel=q") == "ok payload=03")
  }
  #endif

  @Test("A queue of a manager answers that it is empty")
  func managerQueue() throws {
    let options = " authkey=\(secretInHex)"
    for (channel, role) in [("s", "listen"), ("c", "connect")] {
      #expect(
        try program.open(channel, "manager-queue", role, framing: "multiprocessing", options: options) == "ok")
      #expect(try program.ask("receive channel=\(channel) timeout=5") == "ok empty=true")
    }
  }
}
