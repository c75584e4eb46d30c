import Testing
import WireFormats

@Suite("Framing errors")
struct FramingErrorTests {
  @Test(
    "Each has its kind, and a sentence with its numbers",
    arguments: [
      (FramingError.truncated(missing: 7), ErrorKind.truncated, "7 bytes short"),
      (.tooLarge(length: 12, limit: 10), .tooLarge, "12 bytes is over the limit of 10"),
      (.malformed("It is not."), .malformed, "It is not."),
    ])
  func describes(error: FramingError, kind: ErrorKind, words: String) {
    #expect(error.kind == kind)
    #expect(error.description.contains(words))
  }
}
