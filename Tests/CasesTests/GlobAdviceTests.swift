import Journal
import Testing

@testable import Cases

@Suite struct GlobAdviceTests {
  static let advice = GlobAdvice(
    [
      "messages/unix+line/swift-python/greeting", "messages/fifo+varint/python-swift/greeting",
      "refusals/unix+line/swift-python/bad-port", "values/unix+line+json/swift-swift/plain",
    ].compactMap { CaseName($0) })

  @Test(arguments: [
    ("mesages", "there is no suite \"mesages\"; did you mean \"messages\"?"),
    ("mesages/**", "there is no suite \"mesages\"; did you mean \"messages\"?"),
    ("mesages*/**", "there is no suite \"mesages\"; did you mean \"messages\"?"),
    ("{mesages,vlues}/**", "there is no suite \"mesages\"; did you mean \"messages\"?"),
    ("messages/unxi+line", "there is no transport, framing or codec \"unxi\"; did you mean \"unix\"?"),
    ("messages/unix+lines/**", "there is no transport, framing or codec \"lines\"; did you mean \"line\"?"),
    ("values/*+jsn/**", "there is no transport, framing or codec \"jsn\"; did you mean \"json\"?"),
    ("*/*/swift-pyton", "there is no adapter \"pyton\"; did you mean \"python\"?"),
    ("*/*/swfit-*/greeting", "there is no adapter \"swfit\"; did you mean \"swift\"?"),
    ("messages/unix+line/swift-python/greting", "there is no scenario \"greting\"; did you mean \"greeting\"?"),
    ("**/greting", "there is no scenario \"greting\"; did you mean \"greeting\"?"),
    ("**/swift-pyton/greeting", "there is no adapter \"pyton\"; did you mean \"python\"?"),
  ])
  func nearestWordIsNamed(_ glob: String, _ sentence: String) {
    #expect(Self.advice.sentence(glob) == sentence)
  }

  @Test(arguments: [
    ("xyz", "there is no suite \"xyz\"; there are messages, refusals, values."),
    ("python", "\"python\" is an adapter; --with python selects its pairs."),
    (
      "unix+line/**",
      "\"unix+line\" is a channel and stands in the place of the suite; a name is suite/channel/pair/scenario."
    ),
    (
      "messages/unix+line/perl-perl",
      "there is no pair \"perl-perl\"; a pair is writer-reader, and the adapters are python, swift."
    ),
    ("a/b/c/d/e", "it has 5 parts, and a name has four: suite/channel/pair/scenario."),
    (
      "refusals/fifo+varint",
      "each of its words is known, but no case has them together (refusals has 1, none of them \"fifo+varint\"); parley list prints all names."
    ),
  ])
  func whatIsFarIsToldToo(_ glob: String, _ sentence: String) {
    #expect(Self.advice.sentence(glob) == sentence)
  }

  @Test func wordBetweenBracesIsLookedAtThoughTheOthersFit() {
    #expect(
      Self.advice.mistypedAlternative(in: "{messages,refusal}/**")
        == "there is no suite \"refusal\"; did you mean \"refusals\"?")
    #expect(
      Self.advice.mistypedAlternative(in: "messages/{unix,fivo}+line")
        == "there is no transport, framing or codec \"fivo\"; did you mean \"fifo\"?")
    for right in ["{messages,refusals}", "*/{unix+line,fifo+*}/**", "*/*/swift-{python,swift}/**", "**/size-{1,999}"] {
      #expect(Self.advice.mistypedAlternative(in: right) == nil, "\(right)")
    }
  }
}
