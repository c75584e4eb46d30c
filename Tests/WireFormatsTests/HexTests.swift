import Testing
import WireFormats

@Suite("Hexadecimal")
struct HexTests {
  @Test("Every byte is two lower-case digits, and comes back")
  func roundTrip() {
    let bytes = Array(UInt8.min...UInt8.max)
    let text = Hex.text(bytes)
    #expect(text.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
    #expect(text.hasSuffix("fdfeff"))
    #expect(text.count == 512)
    #expect(Hex.bytes(text.utf8) == bytes)
    #expect(Hex.digits(bytes.span) == Array(text.utf8))
  }

  @Test("Nothing is nothing")
  func empty() {
    #expect(Hex.text([]) == "")
    #expect(Hex.bytes("".utf8) == [])
  }

  @Test(
    "What is not pairs of lower-case digits is refused",
    arguments: ["0", "abc", "0G", "AB", "aB", " 0", "0x", "é", "+1"])
  func refused(text: String) {
    #expect(Hex.bytes(text.utf8) == nil)
  }
}
