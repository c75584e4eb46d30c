import Testing
import WireFormats

@Suite("Frames are written as the vectors say")
struct FrameEncodingTests {
  @Test("The vector file has every stream framing and no other")
  func names() throws {
    #expect(try Vectors.names() == Set(Framing.ofStreams.map(\.rawValue)))
  }

  @Test("Prefix and suffix equal the vector's, for every length", arguments: Framing.ofStreams)
  func surroundings(framing: Framing) throws {
    for frame in try Vectors.of(framing).frames {
      var prefix: [UInt8] = []
      framing.appendPrefix(ofLength: frame.length, to: &prefix)
      #expect(Hex.text(prefix) == Hex.text(frame.prefix.bytes), "length \(frame.length)")
      #expect(Hex.text(framing.suffix) == Hex.text(frame.suffix.bytes), "length \(frame.length)")
    }
  }

  @Test("A prefix is appended: what is there stays", arguments: Framing.ofStreams)
  func appends(framing: Framing) throws {
    var bytes: [UInt8] = [1, 2, 3]
    framing.appendPrefix(ofLength: 5, to: &bytes)
    let frame = try #require(try Vectors.of(framing).frame(ofLength: 5))
    #expect(bytes == [1, 2, 3] + frame.prefix.bytes)
  }

  @Test("multiprocessing's long form begins at 2147483648 bytes")
  func longForm() {
    var bytes: [UInt8] = []
    Framing.multiprocessing.appendPrefix(ofLength: 2_147_483_647, to: &bytes)
    #expect(Hex.text(bytes) == "7fffffff")
    bytes = []
    Framing.multiprocessing.appendPrefix(ofLength: 2_147_483_648, to: &bytes)
    #expect(Hex.text(bytes) == "ffffffff0000000080000000")
  }

  @Test("none adds nothing to a message")
  func none() {
    var bytes: [UInt8] = []
    Framing.none.appendPrefix(ofLength: 5, to: &bytes)
    #expect(bytes + Framing.none.suffix == [])
  }

  @Test("A message at the limit may be sent, one byte more is too large", arguments: Framing.allCases)
  func limit(framing: Framing) throws {
    let (fits, exceeds) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 1, count: 17))
    try framing.check(fits.span, limit: 16)
    #expect(throws: FramingError.tooLarge(length: 17, limit: 16)) {
      try framing.check(exceeds.span, limit: 16)
    }
  }

  @Test("A line feed cannot be sent in a line, wherever it stands", arguments: 0..<5)
  func lineFeed(offset: Int) {
    var message = Array("hello".utf8)
    message[offset] = 0x0a
    let error = #expect(throws: FramingError.self) { try Framing.line.check(message.span, limit: 100) }
    #expect(error?.kind == .malformed)
    #expect(error?.description.contains("offset \(offset)") == true)
  }

  @Test("A line feed can be sent in every other framing", arguments: Framing.allCases.filter { $0 != .line })
  func lineFeedElsewhere(framing: Framing) throws {
    let message: [UInt8] = [0x0a]
    try framing.check(message.span, limit: 100)
  }
}
