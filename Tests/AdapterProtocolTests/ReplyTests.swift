import AdapterProtocol
import Testing
import WireFormats

@Suite("Replies")
struct ReplyTests {
  private func parse(_ line: String) throws -> Reply { try Reply(parsing: Array(line.utf8)[...]) }

  @Test("ok alone, and with fields")
  func ok() throws {
    #expect(try parse("ok") == .ok)
    let reply = Reply.ok([Field("payload", ""), Field("address", "127.0.0.1:80")])
    #expect(reply.line == "ok payload= address=127.0.0.1:80")
    #expect(try parse(reply.line) == reply)
    #expect(reply.bytes("payload") == [])
    #expect(reply.text("address") == "127.0.0.1:80")
    #expect(reply.text("end") == nil)
  }

  @Test("An error of every kind comes back", arguments: ErrorKind.allCases)
  func error(kind: ErrorKind) throws {
    let reply = Reply.error(kind, message: "It failed: 100 %, so to speak.\n")
    #expect(reply.line.hasPrefix("error kind=\(kind.rawValue) message=It%20failed:%20100%20%25"))
    #expect(try parse(reply.line) == reply)
    #expect(reply.text("message") == nil, "only an ok reply has fields")
  }

  @Test("The order of an error's keys does not matter")
  func order() throws {
    #expect(try parse("error message=gone kind=closed") == .error(.closed, message: "gone"))
  }

  @Test(
    "What is not of the grammar is refused, and the error says what to do",
    arguments: [
      ("", "starts with ok or error"), ("okay", "starts with ok or error"), ("OK", "starts with ok or error"),
      ("hello", "starts with ok or error"), (" ok", "starts with ok or error"),
      ("\u{feff}ok", "byte order mark"), ("ok\r", "CR LF"), ("ok payload=61\r", "CR LF"),
      ("error kind=silly message=", "\"silly\" is not an error kind"), ("error message=x", "needs a kind"),
      ("error", "needs a kind"), ("error kind=", "\"\" is not an error kind"), ("ok payload", "key=value"),
      ("ok ", "key=value"), ("ok a=1 a=1", "a occurs twice"), ("ok a=\"b\"", "%22"),
    ])
  func refused(line: String, words: String) {
    let error = #expect(throws: ProtocolError.self) { try parse(line) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
