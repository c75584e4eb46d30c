import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Messages in files of the endpoint program")
struct MessageFileTests {
  private let program: EndpointProgram
  private var folder: TemporaryFolder { program.folder }

  init() throws {
    program = try EndpointProgram()
    try program.openPair()
  }

  @Test("What is no regular file is usage, and what is missing is missing")
  func kinds() throws {
    try RawSocket.bound(folder.entry("socket"))
    for path in [folder.path, "/dev/null", folder.entry("socket"), "", "\(folder.entry("x"))%00"] {
      #expect(try program.kind("send channel=b file=\(path)") == "usage", "\(path)")
    }
    #expect(try program.kind("send channel=b file=\(folder.entry("nowhere"))") == "missing")
  }

  @Test("Nothing is read from a FIFO, and its writer goes on waiting for a reader")
  func fifo() throws {
    let path = folder.entry("fifo")
    try Fifo.make(at: path)
    #expect(try program.kind("send channel=b file=\(path)") == "usage")
    let writing = Background { try Fifo.openForWriting(path).write(Array("precious".utf8).span) }
    for _ in 0..<20 { #expect(try program.kind("send channel=b file=\(path)") == "usage") }
    var stream = MessageStream(try Fifo.openForReading(path), framing: .line, limit: 100)
    #expect(kind { _ = try stream.receive() } == .truncated)
    try writing.value()
  }

  @Test("A file over the limit is too large before it is read")
  func tooLarge() throws {
    let path = try folder.file("big", [])
    #expect(truncate(path, 1 << 40) == 0)
    #expect(try program.kind("send channel=b file=\(path)") == "too-large")
    #expect(truncate(path, (64 << 20) + 1) == 0)
    #expect(try program.kind("send channel=b file=\(path)") == "too-large")
  }

  @Test("A message that is too long for a reply is kept for a file, and replaces all that is in it")
  func tooLongForReply() throws {
    let longest = RoundTripTests.message(131_066).map { $0 == 0x0a ? 0x0b : $0 }
    let longer = longest + [1]
    let path = try folder.file("out", [UInt8](repeating: 7, count: 200_000))
    let files = (try folder.file("longest", longest), try folder.file("longer", longer))
    #expect(try program.ask("send channel=b file=\(files.0)") == "ok")
    #expect(try program.ask("receive channel=a").utf8.count == 262_143)
    #expect(try program.ask("send channel=b file=\(files.1)") == "ok")
    for _ in 0..<2 { #expect(try program.kind("receive channel=a") == "usage") }
    #expect(try program.ask("receive channel=a file=\(path)") == "ok length=131067")
    #expect(try content(of: path) == longer)
  }

  @Test("A message is not written to what is no regular file, and is kept")
  func wrongDestination() throws {
    try Fifo.make(at: folder.entry("fifo"))
    #expect(try program.ask("send channel=b payload=6162") == "ok")
    for path in [folder.path, folder.entry("fifo"), "/dev/null"] {
      #expect(try program.kind("receive channel=a file=\(path)") == "usage", "\(path)")
    }
    #expect(try program.kind("receive channel=a file=\(folder.entry("no/file"))") == "missing")
    #expect(try program.ask("receive channel=a file=\(folder.entry("out"))") == "ok length=2")
    #expect(try content(of: folder.entry("out")) == Array("ab".utf8))
  }
}
