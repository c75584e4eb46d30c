import Cases
import Testing
import WireFormats

@testable import Tap

@Suite struct ContentTests {
  private func content(_ text: String) -> Content { Content(Array(text.utf8), as: .auto) }

  @Test func jsonIsAnObjectOrAListAndTheRestIsText() {
    #expect(content(" {\"a\": [1]}").name == "json")
    #expect(content("[]").name == "json")
    for text in ["12", "\"word\"", "{not json}", "tab\there", "żółw", ""] { #expect(content(text) == .text(text)) }
  }

  @Test func whatIsNoTextIsBinary() {
    #expect(Content([0, 1, 2], as: .auto) == .binary)
    #expect(Content([0xff, 0x41], as: .auto) == .binary)
    #expect(Content(Array("text".utf8), as: .hex) == .binary)
  }

  @Test func picklesOfEveryProtocolAreValuesAndNothingIsExecuted() {
    #expect(Content([0x80, 2, 0x4b, 5, 0x2e], as: .auto) == .value(5, codec: "pickle"))
    #expect(content("(lp0\nI1\na.") == .value([1], codec: "pickle"))
    // os.system("true") as a pickle of protocol 0.
    guard case .value(.object(let object), "pickle") = content("cos\nsystem\n(S'true'\ntR.") else {
      Issue.record("not an object")
      return
    }
    #expect(object.name == "os.system" && object.arguments != nil)
  }

  @Test func aSentenceThatEndsLikeAPickleIsText() {
    for text in ["I am.", "hello.", "(see below).", "c."] { #expect(content(text).name == "text", "\(text)") }
  }

  @Test func aNamedCodecSaysWhatItCannotRead() throws {
    let choice = try WireNames.codec("struct:<iq")
    #expect(Content([1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0], as: choice) == .value(.tuple([1, 2]), codec: "struct"))
    guard case .unreadable("struct", _) = Content([1, 2, 3], as: choice) else {
      Issue.record("it was read")
      return
    }
    guard case .unreadable("text", _) = Content([0xff], as: .text) else {
      Issue.record("it was read")
      return
    }
  }

  @Test func handshakesOfOldAndNewPythonsAreKnown() {
    let mark = Array("#CHALLENGE#".utf8)
    #expect(HandshakeMessage(mark + [UInt8](repeating: 7, count: 20)) == .challenge(digest: nil, length: 20))
    #expect(
      HandshakeMessage(mark + Array("{sha256}".utf8) + [UInt8](repeating: 7, count: 40))
        == .challenge(digest: "sha256", length: 40))
    let digest = [UInt8](repeating: 0x9d, count: 16)
    #expect(HandshakeMessage(digest) == nil)
    #expect(HandshakeMessage(digest, answersChallenge: true) == .answer(digest: nil, length: 16))
    #expect(
      HandshakeMessage(Array("{sha256}".utf8) + digest + digest, answersChallenge: true)
        == .answer(digest: "sha256", length: 32))
    #expect(HandshakeMessage(Array("#WELCOME#".utf8)) == .welcome)
    #expect(HandshakeMessage(Array("#FAILURE#".utf8)) == .failure)
    #expect(HandshakeMessage(Array("{\"a\": 1}".utf8), answersChallenge: true) == nil)
  }

  @Test func wrongNamesGetTheNearestOne() {
    #expect(throws: (any Error).self) { try WireNames.framing("netstrin") }
    do {
      _ = try WireNames.codec("pickel")
      Issue.record("it was taken")
    } catch { #expect(error.isUsage && error.description.contains("did you mean \"pickle\"?")) }
    do {
      _ = try WireNames.codec("struct")
      Issue.record("it was taken")
    } catch { #expect(error.isUsage && error.description.contains("format")) }
  }
}
