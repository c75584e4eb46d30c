import AdapterProtocol
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
  static let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~"

  @Test("Every byte is written plain or as two digits, and comes back", arguments: UInt8.min...UInt8.max)
  func everyByte(byte: UInt8) throws {
    let digits = String(byte, radix: 16, uppercase: true)
    let isPlain = Self.plain.utf8.contains(byte)
    let written = isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
    let command = Command("send", [Field(key: "v", value: [byte])])
    #expect(command.line == "send v=\(written)")
    #expect(try Command(parsing: command.bytes[...]) == command)
  }

  @Test("Every byte but the plain ones is refused when it stands unencoded", arguments: UInt8.min...UInt8.max)
  func unencoded(byte: UInt8) {
    let isPlain = Self.plain.utf8.contains(byte)
    let parsed = try? Command(parsing: (Array("send v=a".utf8) + [byte])[...])
    #expect((parsed != nil) == isPlain)
  }

  @Test("All bytes in one value")
  func allBytes() throws {
    let reply = Reply.ok([Field(key: "v", value: Array(UInt8.min...UInt8.max))])
    #expect(try Reply(parsing: reply.bytes[...]) == reply)
  }

  @Test("Digits of either case are read")
  func lowerCase() throws {
    #expect(try Command(parsing: Array("send v=%2f%2F%c3%A9".utf8)[...]).text("v") == "//é")
  }

  @Test(
    "What is not two digits behind a percent sign is refused, and the key named",
    arguments: ["%", "%4", "%%", "%4%41", "%g0", "%0g", "%+f", "%-0", "% 4", "a%"])
  func badEscape(value: String) {
    let error = #expect(throws: ProtocolError.self) {
      try Command(parsing: Array("send payload=\(value)".utf8)[...])
    }
    #expect(error?.message.contains("payload") == true)
  }
}
