import Journal
import Places
import TestInputs
import Testing

@testable import Baselines
@testable import Cases

@Suite struct GlobCoverTests {
  /// Every case of a small matrix.
  static let all: [CaseName] = ["messages", "refusals"].flatMap { suite in
    ["unix+line", "unix+varint", "tcp+line"].flatMap { channel in
      ["c-c", "c-swift", "swift-c", "swift-swift"].flatMap { pair in
        ["greeting", "size-1", "size-2"].map { scenario in
          CaseName(suite: suite, channel: channel, pair: pair, scenario: scenario)
        }
      }
    }
  }

  static func patterns(_ isFailing: (CaseName) -> Bool) -> [String] {
    GlobCover(covering: all.filter(isFailing), sparing: all.filter { !isFailing($0) }).patterns
  }

  @Test func oneCaseIsItsName() {
    let name = Self.all[17]
    #expect(Self.patterns { $0 == name } == [name.description])
  }

  @Test func nothingNeedsNothing() { #expect(Self.patterns { _ in false } == []) }

  @Test func whatFailsTogetherIsOneGlobAndNoWiderThanItMust() {
    #expect(
      Self.patterns { $0.suite == "messages" && $0.channel == "unix+line" && $0.pair.hasPrefix("c-") }
        == ["messages/unix+line/c-*/*"])
    #expect(Self.patterns { $0.scenario.hasPrefix("size-") } == ["*/*/*/size-*"])
    #expect(
      Self.patterns { $0.suite == "refusals" && $0.channel.hasSuffix("+line") && $0.scenario == "greeting" }
        == ["refusals/*+line/*/greeting"])
  }

  @Test func twoCulpritsAreTwoGlobs() {
    let patterns = Self.patterns { $0.pair == "c-swift" && $0.suite == "messages" || $0.scenario == "greeting" }
    #expect(patterns == ["*/*/*/greeting", "messages/*/c-swift/size-*"])
  }

  @Test func oneBugInSomeOfEverythingIsOneGlob() {
    // Not on tcp+line, where it cannot happen.
    let patterns = Self.patterns {
      $0.suite == "messages" && $0.channel.hasPrefix("unix") && $0.pair.contains("swift") && $0.scenario != "size-2"
    }
    #expect(patterns == ["messages/unix+*/{*-swift,swift-c}/{greeting,size-1}"])
  }

  @Test func whatCouldNotBeTriedMakesNoMoreGlobs() {
    // The other pair has half of the cases only.
    let failing = Self.all.filter { $0.pair == "c-c" || $0.pair == "c-swift" && $0.scenario == "greeting" }
    let passing = Self.all.filter { $0.pair.hasPrefix("swift") }
    #expect(GlobCover(covering: failing, sparing: passing).patterns == ["*/*/c-*/*"])
  }

  @Test func twoBugsThatHaveNothingInCommonStayTwo() {
    let (one, two) = (Self.all[0], Self.all[Self.all.count - 1])
    #expect(Self.patterns { $0 == one || $0 == two } == [one.description, two.description])
  }

  @Test func bugsOfDifferentAdaptersStayTwo() {
    let failing = Self.all.filter {
      $0.suite == "messages" && $0.channel == "tcp+line" && ["c-c", "swift-swift"].contains($0.pair)
    }
    let passing = Self.all.filter { !failing.contains($0) }
    let joined = GlobCover(covering: failing, sparing: passing).patterns
    #expect(joined == ["messages/tcp+line/{c-c,swift-swift}/*"])
    let blamed = Dictionary(uniqueKeysWithValues: failing.map { ($0, Set([$0.pair])) })
    let apart = GlobCover(covering: failing, sparing: passing, blamed: blamed).patterns
    #expect(apart == ["messages/tcp+line/c-c/*", "messages/tcp+line/swift-swift/*"])
  }

  @Test func aPassingCaseIsNeverCovered() {
    let patterns = Self.patterns { $0.pair == "c-c" && $0 != Self.all[0] }
    #expect(!patterns.contains { CaseGlob($0).matches(Self.all[0].description) })
  }

  @Test func whateverFailsIsCoveredExactly() {
    var random = SeededGenerator(seed: 42)
    for _ in 0..<60 {
      let share = Int.random(in: 1...9, using: &random)
      let failing = Set(Self.all.filter { _ in Int.random(in: 0..<10, using: &random) < share })
      let patterns = Self.patterns(failing.contains)
      let covered = Set(Self.all.filter { name in patterns.contains { CaseGlob($0).matches(name.description) } })
      #expect(covered == failing, "\(patterns)")
      #expect(patterns.count <= failing.count)
      #expect(patterns == Self.patterns(failing.contains))
    }
  }

  @Test func aWrongAdapterInALargeMatrixIsSoonDescribed() {
    let names = WholePlan(adapters: ["c", "swift", "wrong"]).names(.usual).compactMap { CaseName($0) }
    let failing = names.filter { $0.pair.contains("wrong") }
    let patterns = GlobCover(covering: failing, sparing: names.filter { !$0.pair.contains("wrong") }).patterns
    #expect(patterns == ["*/*/{*-wrong,wrong-*}/*"])
  }
}
