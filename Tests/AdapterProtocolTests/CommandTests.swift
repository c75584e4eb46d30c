import AdapterProtocol
import Testing

@Suite("Commands")
struct CommandTests {
  private func parse(_ line: String) throws -> Command { try Command(parsing: Array(line.utf8)[...]) }

  @Test("A verb alone")
  func verb() throws {
    #expect(try parse("hello") == Command("hello"))
    #expect(Command("hello").line == "hello")
  }

  @Test("A verb and fields, in their order")
  func fields() throws {
    let command = Command("open", [Field("channel", "c"), Field("address", "/tmp/a b"), Field("how-2", "")])
    #expect(command.line == "open channel=c address=/tmp/a%20b how-2=")
    #expect(try parse(command.line) == command)
    #expect(command.text("address") == "/tmp/a b")
    #expect(command.bytes("how-2") == [])
    #expect(command.text("role") == nil)
  }

  @Test("A value may have an equals sign only encoded")
  func equalsSign() throws {
    #expect(throws: ProtocolError.self) { try parse("send v=a=b") }
    #expect(try parse("send v=a%3Db").text("v") == "a=b")
  }

  @Test(
    "What is not of the grammar is refused, and the error quotes it",
    arguments: [
      ("", "verb"), (" hello", "verb"), ("Hello", "verb"), ("hello\r", "verb"), ("hel_lo", "verb"),
      ("\u{feff}hello", "verb"), ("hello\tchannel=c", "verb"), ("hallö", "verb"), ("close c", "\"c\""),
      ("close  channel=c", "\"\""), ("close channel=c ", "\"\""), ("close =c", "\"\" is not a key"),
      ("close Channel=c", "\"Channel\" is not a key"), ("close channel=c channel=c", "channel occurs twice"),
      ("close channel=c\r", "channel has byte 13"), ("close channel=é", "channel has byte 195"),
    ])
  func refused(line: String, words: String) {
    let error = #expect(throws: ProtocolError.self) { try parse(line) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("A raw command is written as it stands")
  func raw() {
    #expect(Command(raw: "close  channel=%zz\tx").line == "close  channel=%zz\tx")
    #expect(Command(raw: "close channel=c").verb == "close")
  }

  @Test("A value that is not UTF-8 keeps its bytes, and its text has replacements")
  func notText() throws {
    let command = try parse("send v=a%FFb")
    #expect(command.bytes("v") == [0x61, 0xff, 0x62])
    #expect(command.text("v") == "a\u{fffd}b")
  }
}
