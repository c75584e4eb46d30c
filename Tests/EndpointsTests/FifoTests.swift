import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("FIFOs")
struct FifoTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("f") }

  init() throws { folder = try TemporaryFolder() }

  /// Opens either end; only for what must fail.
  private func kinds(_ path: String) -> [ErrorKind?] {
    [kind { _ = try Fifo.openForReading(path) }, kind { _ = try Fifo.openForWriting(path) }]
  }

  @Test("The node is a FIFO for this user only")
  func node() throws {
    try Fifo.make(at: path)
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode == S_IFIFO | 0o600)
  }

  @Test("A path that is taken exists")
  func taken() throws {
    try Fifo.make(at: path)
    #expect(kind { try Fifo.make(at: path) } == .exists)
  }

  @Test("A path that does not exist is missing")
  func missing() {
    #expect(kinds(path) == [.missing, .missing])
    #expect(kind { try Fifo.make(at: folder.entry("no/f")) } == .missing)
  }

  @Test("Something other than a FIFO is usage, and stays as it is")
  func other() throws {
    let file = try folder.file("f", Array("precious".utf8))
    #expect(kinds(file) == [.usage, .usage])
    #expect(try content(of: file) == Array("precious".utf8))
    #expect(kinds(folder.path) == [.usage, .usage])
  }

  @Test("Without permission it is denied", .enabled(if: getuid() != 0, "root may open everything"))
  func denied() throws {
    try Fifo.make(at: path)
    #expect(chmod(path, 0) == 0)
    #expect(kinds(path) == [.denied, .denied])
  }

  @Test("Two of them carry a conversation")
  func conversation() throws {
    let (there, back) = (folder.entry("there"), folder.entry("back"))
    try Fifo.make(at: there)
    try Fifo.make(at: back)
    let answering = Background {
      var questions = MessageStream(try Fifo.openForReading(there), framing: .line)
      var answers = MessageStream(try Fifo.openForWriting(back), framing: .line)
      while let question = try questions.receive() { try answers.send(question.reversed()) }
    }
    do {
      var questions = MessageStream(try Fifo.openForWriting(there), framing: .line)
      var answers = MessageStream(try Fifo.openForReading(back), framing: .line)
      try questions.send(Array("abc".utf8))
      #expect(try answers.receive() == Array("cba".utf8))
    }
    try answering.value()
  }
}
