import Journal
import Testing
import WireFormats

@testable import Tap

/// Messages one after the other in a framing.
func stream(_ framing: Framing, _ messages: [[UInt8]]) -> [UInt8] {
  messages.flatMap { message in
    var bytes: [UInt8] = []
    framing.appendPrefix(ofLength: message.count, to: &bytes)
    return bytes + message + framing.suffix
  }
}

@Suite struct IdentificationTests {
  private static let json = ["{\"id\":1,\"method\":\"ping\"}", "{\"id\":1,\"result\":[true,null]}"].map {
    Array($0.utf8)
  }
  private static let pickles: [[UInt8]] = [
    [0x80, 2, 0x4b, 5, 0x2e], [0x80, 4, 0x95, 4, 0, 0, 0, 0, 0, 0, 0, 0x8c, 1, 0x61, 0x94, 0x2e],
  ]
  private static let texts = ["PING", "SET key value", "GET key"].map { Array($0.utf8) }
  private static let binary: [[UInt8]] = [[11], [12, 0, 0, 0, 0, 200, 201], [1, 2, 3, 0xfe, 0x80]]

  private static let framed = Framing.allCases.filter { $0 != .none }

  private func verdict(_ client: [UInt8], _ server: [UInt8] = []) -> Verdict {
    Identification([.client: client, .server: server]).verdict
  }

  @Test(arguments: framed)
  func framingAndContentAreNamed(_ framing: Framing) {
    var contents = [("json", Self.json), ("pickle", Self.pickles)]
    // A pickle may hold a line feed, so no line protocol carries them; text in front of which is a letter is text.
    if framing == .line { contents.removeLast() }
    for (name, messages) in contents {
      let verdict = verdict(stream(framing, [messages[0]]), stream(framing, [messages[1]]))
      #expect(verdict.framings == [.client: framing, .server: framing], "\(name): \(verdict.sentences)")
      #expect(verdict.contents == [name])
      #expect(verdict.reason.hasPrefix("2 messages, each with \(framing.explanation)"), "\(verdict.reason)")
    }
  }

  @Test(arguments: [Framing.multiprocessing, .u32le, .contentLength, .netstring])
  func evenBinaryMessagesTellTheirLengths(_ framing: Framing) {
    let verdict = verdict(stream(framing, [Self.binary[0]]), stream(framing, Array(Self.binary[1...])))
    #expect(verdict.framings[.client] == framing && verdict.framings[.server] == framing, "\(verdict.sentences)")
    #expect(verdict.contents == ["binary"] && verdict.isCertain)
  }

  @Test func theRequestAloneOfSshAgentIsNamedButNotCertain() {
    let verdict = verdict([0, 0, 0, 1, 11])
    #expect(verdict.framings[.client] == .multiprocessing, "\(verdict.sentences)")
  }

  @Test func linesOfTextAreLines() {
    let verdict = verdict(stream(.line, Self.texts), stream(.line, [Array("OK".utf8)]))
    #expect(
      verdict.framings == [.client: .line, .server: .line] && verdict.contents == ["text"], "\(verdict.sentences)")
  }

  @Test func directionsMayDiffer() {
    let verdict = verdict(stream(.line, Self.json + Self.json), stream(.u32le, Self.pickles + Self.pickles))
    #expect(verdict.framings == [.client: .line, .server: .u32le], "\(verdict.sentences)")
    #expect(verdict.framingNames == "line from the client, u32le from the server")
  }

  @Test func textWithoutAnyEndIsNotTakenForFrames() {
    // 0x78 is 120: every 121 bytes would be a varint's frame.
    let verdict = verdict([UInt8](repeating: 0x78, count: 64 * 121))
    #expect(verdict.framings[.client] == Framing.none && !verdict.isCertain, "\(verdict.sentences)")
  }

  @Test func noiseIsNotCertain() {
    var noise: [UInt8] = []
    var state: UInt32 = 12345
    for _ in 0..<5000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      noise.append(UInt8(state >> 24))
    }
    let verdict = verdict(noise, Array(noise.reversed()))
    #expect(!verdict.isCertain && verdict.framings[.client] == Framing.none, "\(verdict.sentences)")
  }

  @Test func zerosAreNoEmptyMessages() {
    #expect(!verdict([UInt8](repeating: 0, count: 4096)).isCertain)
  }

  @Test func anAmbiguousBeginningNamesBoth() {
    // Little-endian 1 and a byte, or the beginning of a big-endian frame of 16 MiB.
    let verdict = verdict([1, 0, 0, 0, 0x41])
    #expect(verdict.framings[.client] == .u32le, "\(verdict.sentences)")
    // One byte, a length of one, and NUL: also varint.
    let short = self.verdict([4, 0x80, 2, 0x4b, 0x2e])
    #expect(!short.isCertain, "\(short.sentences)")
  }

  @Test func theHandshakeIsKnownInBothDirections() {
    let challenge = Array("#CHALLENGE#".utf8) + [UInt8](repeating: 0xc3, count: 20)
    let answer = [UInt8](repeating: 0x99, count: 16)
    let verdict = verdict(stream(.multiprocessing, [answer]), stream(.multiprocessing, [challenge]))
    #expect(verdict.framingNames == "multiprocessing" && verdict.contents == ["handshake"], "\(verdict.sentences)")
    // Random bytes that are no line yet are no Content-Length header either.
    let alone = Identification([.server: stream(.multiprocessing, [challenge]), .client: [0, 0]]).verdict
    #expect(alone.framingNames == "multiprocessing", "\(alone.sentences)")
  }

  @Test func aLongFirstMessageIsNamedByItsLength() {
    var bytes: [UInt8] = []
    Framing.multiprocessing.appendPrefix(ofLength: 0x123456, to: &bytes)
    let verdict = verdict(bytes + [0x80, 5, 0x96])
    #expect(verdict.reason.hasPrefix("the beginning of a frame"), "\(verdict.sentences)")
    #expect(!verdict.isCertain)
  }
}
