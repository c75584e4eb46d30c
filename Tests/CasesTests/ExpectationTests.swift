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
    (Cases.Expectation.ok, Reply.error(.closed, message: "gone"), "ok"), (.end, .ok, "ok end=true"),
    (.end, .ok([Field("end", "yes")]), "ok end=true"), (.end, payload, "ok end=true"),
    (.message(hello), .ok, "the message \"hello\" (5 bytes)"),
    (.message(hello), .ok([Field("end", "true")]), "the message \"hello\" (5 bytes)"),
    (.message(hello), .ok([Field("payload", "68656C6C6F")]), "the message \"hello\" (5 bytes)"),
    (.message(hello), .ok([Field("payload", "6")]), "the message \"hello\" (5 bytes)"),
    (.message(hello), .error(.truncated, message: "half"), "the message \"hello\" (5 bytes)"),
    (.error([.usage]), .error(.internal, message: "no"), "error kind=usage"),
    (.error([.usage, .closed]), .ok, "error kind=closed or usage"),
  ])
  func wrongReplyIsToldWithWhatWasExpected(_ expectation: Cases.Expectation, _ reply: Reply, _ expected: String) {
    let mismatch = expectation.mismatch(reply, fileContent: nil, subject: "r")
    #expect(mismatch == Mismatch(expected: expected, seen: reply.plainText))
  }

  @Test func otherMessageIsToldWithTheFirstDifference() throws {
    let reply = Reply.ok([Field("payload", "68656c6c")])
    let mismatch = try #require(Cases.Expectation.message(Self.hello).mismatch(reply, fileContent: nil, subject: "r"))
    #expect(mismatch.expected == "the message \"hello\" (5 bytes)" && mismatch.seen == "the message \"hell\" (4 bytes)")
    #expect(mismatch.difference?.offset == 4 && mismatch.difference?.field == "payload, byte 4")
    #expect(mismatch.difference?.expected == "68656c6c6f" && mismatch.difference?.seen == "68656c6c")
  }

  @Test func messageInAFileIsComparedWithTheFileAndItsLength() {
    let expectation = Cases.Expectation.message(Self.hello)
    func mismatch(_ reply: Reply, _ content: String) -> Mismatch? {
      expectation.mismatch(reply, fileContent: Array(content.utf8), subject: "r")
    }
    #expect(mismatch(.ok([Field("length", "5")]), "hello") == nil)
    #expect(mismatch(.ok([Field("length", "4")]), "hello")?.seen == "ok length=4")
    #expect(mismatch(.ok([Field("length", "5")]), "hello!")?.seen == "ok length=5")
    #expect(mismatch(.ok([Field("length", "0")]), "")?.difference?.offset == 0)
    #expect(mismatch(.ok([Field("length", "6")]), "hello!")?.difference?.offset == 5)
  }

  @Test func longLineIsShortenedAndItsLengthTold() {
    let line = String(repeating: "x", count: 200)
    #expect(Cases.Expectation.shortened(line, to: 10) == "xxxxxxxxxx… (200 bytes)")
    #expect(Cases.Expectation.shortened("short", to: 10) == "short")
  }
}
