import Endpoints
import Foundation
import Testing
import WireFormats

/// A command in which an endpoint is blocked.
struct BlockedCase: CustomTestStringConvertible, Sendable {
  let name: String
  /// Commands that are answered; `PATH` stands for an entry of the folder, `NAME` for one of shared memory.
  let before: [String]
  let command: String

  var testDescription: String { name }

  private static func pair(_ transport: String, _ framing: String) -> [String] {
    [
      open("a", transport, "listen", framing), open("b", transport, "connect", framing), "accept channel=a",
    ]
  }

  private static func open(_ channel: String, _ transport: String, _ role: String, _ framing: String) -> String {
    let address = transport == "tcp" ? "127.0.0.1:0" : transport == "unix-abstract" ? "@PATH" : "PATH"
    return "open channel=\(channel) transport=\(transport) role=\(role) address=\(address) framing=\(framing)"
  }

  private static let queue = " authkey=\(secretInHex)"
  private static let streams = [
    ("unix", "line"), ("unix-abstract", "varint"), ("tcp", "line"), ("dotnet-pipe", "u32le"),
    ("unix-seqpacket", "none"),
  ]

  static let accepting = streams.map { transport, framing in
    BlockedCase(
      name: "accept, \(transport)", before: [open("a", transport, "listen", framing)], command: "accept channel=a")
  }

  static let others = [
    BlockedCase(
      name: "accept, with a timeout", before: [open("a", "unix", "listen", "line")],
      command: "accept channel=a timeout=86400000"),
    BlockedCase(name: "receive, unix", before: pair("unix", "line"), command: "receive channel=a"),
    BlockedCase(name: "receive, unix-seqpacket", before: pair("unix-seqpacket", "none"), command: "receive channel=a"),
    BlockedCase(
      name: "receive, unix-datagram", before: [open("a", "unix-datagram", "listen", "none")],
      command: "receive channel=a"),
    BlockedCase(
      name: "receive, file-cell",
      before: [open("a", "unix", "listen", "line")]
        + ["write", "read"].map { "open channel=\($0) transport=file-cell role=\($0) address=PATH.cell framing=none" },
      command: "receive channel=read"),
    BlockedCase(
      name: "receive, the server of a manager-queue",
      before: [open("a", "manager-queue", "listen", "multiprocessing") + queue], command: "receive channel=a"),
    BlockedCase(
      name: "receive, a client of a manager-queue",
      before: [
        open("a", "manager-queue", "listen", "multiprocessing") + queue,
        open("b", "manager-queue", "connect", "multiprocessing") + queue,
      ],
      command: "receive channel=b"),
    BlockedCase(
      name: "send, unix", before: pair("unix", "multiprocessing"), command: "send channel=a file=PATH.message"),
    BlockedCase(
      name: "send, file-cell",
      before: [
        open("a", "unix", "listen", "line"),
        "open channel=w transport=file-cell role=write address=PATH.cell framing=none",
        "send channel=w payload=61",
      ], command: "send channel=w payload=62"),
    BlockedCase(
      name: "open, fifo", before: [open("a", "unix", "listen", "line")],
      command: "open channel=f transport=fifo role=read address=PATH.fifo framing=line"),
    BlockedCase(name: "echo", before: pair("unix", "line"), command: "echo channel=a count=5"),
    BlockedCase(name: "ping", before: pair("unix", "line"), command: "ping channel=a count=5 size=1"),
    BlockedCase(
      name: "accept, with much else open",
      before: ["x", "y", "z"].map { "open channel=\($0) transport=unix role=listen address=PATH.\($0) framing=line" }
        + ["open channel=d transport=unix-datagram role=listen address=PATH.d framing=none"]
        + [open("q", "manager-queue", "listen", "multiprocessing") + queue]
        + ["open channel=m transport=shared-memory role=write address=NAME framing=none size=100"],
      command: "accept channel=y"),
  ]
}

#if os(Linux)
@Suite("The end of a blocked endpoint program")
struct EndingTests {
  private let folder: TemporaryFolder
  private let memory = MemoryName()

  init() throws { folder = try TemporaryFolder() }

  /// What an endpoint has made that is to go.
  private var left: [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return entries.filter { !["s.fifo", "s.message", "s.cell"].contains($0) } + memory.all
  }

  private func blocked(_ blocked: BlockedCase, _ input: ChildProgram.Input = .pipe) throws -> ChildProgram {
    try Fifo.make(at: folder.entry("s.fifo"))
    _ = try folder.file("s.message", [UInt8](repeating: 1, count: 8 << 20))
    let program = try ChildProgram([Here.endpoint], input: input)
    func complete(_ command: String) -> String {
      command.replacing("PATH", with: folder.entry("s")).replacing("NAME", with: memory.name)
    }
    for command in blocked.before {
      let reply = try program.ask(complete(command))
      try #require(reply.hasPrefix("ok"), "\(command): \(reply)")
    }
    if blocked.before.contains(where: { $0.contains("role=listen address=PATH ") }) { #expect(left != []) }
    try program.tell(complete(blocked.command))
    return program
  }

  @Test("It ends with its input, and leaves nothing", arguments: BlockedCase.accepting + BlockedCase.others)
  func input(_ blockedCase: BlockedCase) throws {
    let program = try blocked(blockedCase)
    #expect(program.wait() == 0)
    #expect(left == [])
  }

  @Test("So it does at a signal, of which it dies", arguments: BlockedCase.accepting + BlockedCase.others)
  func signal(_ blockedCase: BlockedCase) throws {
    let program = try blocked(blockedCase)
    kill(program.id, SIGTERM)
    #expect(program.signal() == SIGTERM)
    #expect(left == [])
  }

  @Test("A signal that asks it to go need not find it blocked", arguments: [SIGTERM, SIGINT, SIGHUP])
  func idle(signal: Int32) throws {
    let program = try EndpointProgram()
    #expect(try program.open("a", "unix", "listen") == "ok")
    kill(program.child.id, signal)
    #expect(program.child.signal() == signal)
    #expect(!exists(program.folder.entry("s")))
  }

  @Test("It sees the end of any kind of input", arguments: ChildProgram.Input.allCases)
  func kinds(input: ChildProgram.Input) throws {
    let program = try blocked(BlockedCase.accepting[0], input)
    #expect(program.wait() == 0)
    #expect(left == [])
  }

  @Test(
    "A socket that somebody else has put in the place of its own stays, however it goes",
    arguments: ["unix", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "manager-queue"],
    ["close", "input", "signal"])
  func foreign(transport: String, way: String) throws {
    let program = try EndpointProgram()
    let path = program.folder.entry("s")
    let framing = transport == "manager-queue" ? "multiprocessing" : transport.hasPrefix("unix-") ? "none" : "line"
    let options = transport == "manager-queue" ? " authkey=\(secretInHex)" : ""
    #expect(try program.open("a", transport, "listen", framing: framing, options: options) == "ok")
    unlink(path)
    let other = try RawSocket.bound(path)
    switch way {
    case "close": #expect(try program.ask("close channel=a") == "ok")
    case "input": #expect(program.child.wait() == 0)
    default:
      kill(program.child.id, SIGTERM)
      #expect(program.child.signal() == SIGTERM)
    }
    #expect(exists(path))
    _ = other.number
  }

  @Test("The writer of a cell closes it, however it ends", arguments: [true, false])
  func cell(hasSignal: Bool) throws {
    let program = try EndpointProgram()
    #expect(try program.open("w", "file-cell", "write", "cell") == "ok")
    #expect(try program.ask("send channel=w payload=61") == "ok")
    try program.child.tell("send channel=w payload=62")
    var cell = try FileCell(reading: program.folder.entry("cell"))
    if hasSignal { kill(program.child.id, SIGTERM) }
    #expect(hasSignal ? program.child.signal() == SIGTERM : program.child.wait() == 0)
    #expect(try cell.receive(atMost: ChildProgram.patience) == [0x61])
    #expect(try cell.receive(atMost: ChildProgram.patience) == nil)
  }

  @Test("The lock and the slot of a queue whose pipe is full are given back", arguments: [true, false])
  func queue(hasSignal: Bool) throws {
    let (lock, slots) = (MemoryName(), MemoryName())
    let semaphores = [
      Shared(try NamedSemaphore(creating: lock.name, value: 1)),
      Shared(try NamedSemaphore(creating: slots.name, value: 1)),
    ]
    let pipe = try Descriptor.pipe()
    let program = try EndpointProgram(inheriting: [pipe.writer.number])
    let file = try program.folder.file("big", [UInt8](repeating: 1, count: 1 << 20))
    let options = "framing=multiprocessing lock=\(lock.name) slots=\(slots.name)"
    #expect(try program.ask("open channel=q transport=spawn-queue role=write address=3 \(options)") == "ok")
    try program.child.tell("send channel=q file=\(file)")
    // It has both when its first bytes come.
    var byte: UInt8 = 0
    _ = try withUnsafeMutableBytes(of: &byte) { try pipe.reader.read(into: $0, until: .after(ChildProgram.patience)) }
    for semaphore in semaphores { #expect(kind { try semaphore.value.wait(atMost: .zero) } == .timeout) }
    if hasSignal { kill(program.child.id, SIGTERM) }
    #expect(hasSignal ? program.child.signal() == SIGTERM : program.child.wait() == 0)
    for semaphore in semaphores { #expect(kind { try semaphore.value.wait(atMost: .zero) } == nil) }
  }

  @Test("Commands that were there before the end are obeyed and answered")
  func obeyed() throws {
    let program = try EndpointProgram()
    try program.openPair()
    let count = 2000
    for number in 0..<count {
      try program.child.tell(number.isMultiple(of: 2) ? "send channel=b payload=61" : "receive channel=a")
    }
    program.child.endInput()
    for number in 0..<count {
      #expect(try program.child.line() == (number.isMultiple(of: 2) ? "ok" : "ok payload=61"))
    }
    #expect(program.child.wait() == 0)
  }
}
#endif
