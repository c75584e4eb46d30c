import Testing
import WireFormats
import Yams

@Suite("Vector files")
struct FramingVectorsTests {
  private static func decode(_ text: String) throws -> FramingVectors {
    try YAMLDecoder().decode(FramingVectors.self, from: text)
  }

  @Test("Frames and faults are read; blanks between digits are for the reader")
  func reads() throws {
    let vectors = try Self.decode(
      """
      frames: [{length: 5, prefix: "35 3a", suffix: "2c"}]
      faults: [{scenario: garbage, limit: 9, kind: too-large, bytes: "ff 00"}]
      """)
    #expect(vectors.frame(ofLength: 5)?.prefix == HexBytes([0x35, 0x3a]))
    #expect(vectors.frame(ofLength: 5)?.suffix == HexBytes([0x2c]))
    #expect(vectors.frame(ofLength: 6) == nil)
    let fault = try #require(vectors.faults.first)
    #expect(fault.kind == .tooLarge && fault.limit == 9 && fault.scenario == "garbage")
    #expect(fault.bytes == HexBytes([0xff, 0]))
  }

  @Test(
    "What is not of the format is refused",
    arguments: [
      ("half a byte", "frames: [{length: 5, prefix: \"353\", suffix: \"\"}]\nfaults: []"),
      ("upper-case digits", "frames: [{length: 5, prefix: \"3A\", suffix: \"\"}]\nfaults: []"),
      ("no hexadecimal digits", "frames: [{length: 5, prefix: \"5:\", suffix: \"\"}]\nfaults: []"),
      ("a frame without suffix", "frames: [{length: 5, prefix: \"\"}]\nfaults: []"),
      ("an unknown kind", "frames: []\nfaults: [{scenario: x, limit: 1, kind: silly, bytes: \"\"}]"),
      ("no faults", "frames: []"),
    ])
  func refused(what: String, text: String) {
    #expect(throws: DecodingError.self, "\(what)") { try Self.decode(text) }
  }

  @Test("The error quotes the bad digits")
  func names() {
    let error = #expect(throws: DecodingError.self) {
      try Self.decode("frames: [{length: 5, prefix: \"35:\", suffix: \"\"}]\nfaults: []")
    }
    #expect(error.map { String(describing: $0) }?.contains("35:") == true)
  }
}
