import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases

@Suite struct ExpectationTests {
  static let hello = Message("hello")
  static let payload = Reply.ok([Field("payload", "68656c6c6f")])

  @Test(arguments: [
    (Cases.Expectation.ok, Reply.ok), (.ok, .ok([Field("address", "127.0.0.1:1")])),
    (.end, .ok([Field("end", "true")])),
    (.message(hello), payload), (.message(Message("")), .ok([Field("payload", "")])),
    (.error([.usage]), .error(.usage, message: "no")),
    (.error([.usage, .unsupported]), .error(.unsupported, message: "")),
  ])
  func rightReplyHasNoMismatch(_ expectation: Cases.Expectation, _ reply: Reply) {
    #expect(expectation.mismatch(reply, fileContent: nil, subject: "r") == nil)
  }

  @Test(arguments: [
    (Cases.Expectation.ok, Reply.error(.closed, message: "gone"), Mismatch.Kind.refused), (.end, .ok, .noEnd),
    (.end, .ok([Field("end", "yes")]), .noEnd), (.end, payload, .noEnd), (.message(hello), .ok, .noAnswer),
    (.message(hello), .ok([Field("end", "true")]), .earlyEnd),
    (.message(hello), .ok([Field("payload", "68656C6C6F")]), .notHex),
    (.message(hello), .ok([Field("payload", "6")]), .notHex),
    (.message(hello), .error(.truncated, message: "half"), .refused),
    (.message(hello), .ok([Field("payload", "68656c6c")]), .cutMessage),
    (.message(Message([0x68, 0xe9])), .ok([Field("payload", "68c3a9")]), .textForBytes),
    (.message(Message([0x68, 0xff])), .ok([Field("payload", "68efbfbd")]), .textForBytes),
    (.error([.usage]), .error(.internal, message: "no"), .otherKind), (.error([.usage, .closed]), .ok, .accepted),
  ])
  func wrongReplyIsToldInWhichWay(_ expectation: Cases.Expectation, _ reply: Reply, _ kind: Mismatch.Kind) {
    #expect(expectation.mismatch(reply, fileContent: nil, subject: "r")?.kind == kind)
  }

  @Test func otherMessageIsToldWithTheFirstDifference() throws {
    let reply = Reply.ok([Field("payload", "68656c6c")])
    let mismatch = try #require(Cases.Expectation.message(Self.hello).mismatch(reply, fileContent: nil, subject: "r"))
    #expect(mismatch.difference?.offset == 4 && mismatch.difference?.field == "payload, byte 4")
    #expect(mismatch.difference?.expected == "68656c6c6f" && mismatch.difference?.seen == "68656c6c")
  }

  @Test func messageInAFileIsComparedWithTheFileAndItsLength() {
    let expectation = Cases.Expectation.message(Self.hello)
    func mismatch(_ length: String, _ content: String) -> Mismatch? {
      expectation.mismatch(.ok([Field("length", length)]), fileContent: Array(content.utf8), subject: "r")
    }
    #expect(mismatch("5", "hello") == nil)
    #expect(mismatch("4", "hello")?.kind == .wrongLength)
    #expect(mismatch("5", "hello!")?.kind == .oldContent)
    #expect(mismatch("0", "")?.difference?.offset == 0)
    #expect(mismatch("6", "hello!")?.difference?.offset == 5)
    #expect(mismatch("9", "old hello")?.kind == .oldContent)
  }

  @Test func longLineIsShortenedAndItsLengthTold() {
    let line = String(repeating: "x", count: 200)
    #expect(Shortened.text(line, to: 10) == "xxxxxxxxxx… (200 bytes)")
    #expect(Shortened.text("short", to: 10) == "short")
  }
}
