import AdapterProtocol
import Journal
import Testing
import WireFormats

@testable import Cases

/// When an adapter is put aside, without running anything.
@Suite struct PatienceTests {
  private static let entries: [Plan.Entry] = {
    let all = ["bad", "good"].map { name in
      Planner.Capabilities(
        name: name, transports: Set(Transport.inMatrix.map(\.rawValue)),
        framings: Set(Framing.allCases.map(\.rawValue)),
        codecs: [], features: [])
    }
    return Planner(all).plan(breadth: .usual).entries.filter { $0.name.suite == "messages" && $0.obstacle == nil }
  }()
  private static let channels = ["unix+line", "unix+u32le", "unix+netstring", "unix+varint"]

  @Test func nothingIsGivenUpBeforeTheTwentiethFailure() throws {
    var patience = Patience()
    for number in 1..<Patience.failures { #expect(try fail(&patience, Self.channels[0]) == nil, "\(number)") }
    #expect(try patience.obstacle(entry(Self.channels[0])) == nil)
    #expect(try fail(&patience, Self.channels[0])?.contains("one probe for each pair") == true)
  }

  @Test func whatCostAWholeDeadlineCountsForFive() throws {
    var patience = Patience()
    let needed = Patience.failures / Patience.timeOutWeight
    for _ in 1..<needed { #expect(try fail(&patience, Self.channels[0], code: "no-answer") == nil) }
    #expect(try fail(&patience, Self.channels[0], code: "no-answer") != nil)
  }

  @Test func aPassOrAnotherFindingBeginsAnew() throws {
    for isPass in [true, false] {
      var patience = Patience()
      for _ in 1..<Patience.failures { _ = try fail(&patience, Self.channels[0]) }
      if isPass {
        _ = try patience.note(record(Self.channels[0], .passed), entry(Self.channels[0]))
      } else {
        _ = try fail(&patience, Self.channels[0], code: "other")
      }
      for _ in 2..<Patience.failures { #expect(try fail(&patience, Self.channels[0]) == nil) }
    }
  }

  @Test func eachPairGetsOneProbeAndIsLeftIfItFails() throws {
    var patience = try gaveUp(on: 1)
    #expect(try patience.obstacle(entry(Self.channels[0])) == nil)
    #expect(try patience.obstacle(entry(Self.channels[0]))?.outcome == .notRun, "a second probe")
    #expect(try patience.obstacle(entry(Self.channels[0], "good-bad")) == nil, "the probe of another pair")
    _ = try fail(&patience, Self.channels[0])
    let found = try patience.obstacle(entry(Self.channels[0]))
    let obstacle = try #require(found)
    #expect(obstacle.reason.hasPrefix("bad fails repeatedly with the finding wrong-bytes on unix+line"))
    #expect(try patience.obstacle(entry(Self.channels[1])) == nil, "another channel")
  }

  @Test func aPairWhoseProbePassesIsTriedAsUsual() throws {
    var patience = try gaveUp(on: 1)
    #expect(try patience.obstacle(entry(Self.channels[0])) == nil)
    _ = try patience.note(record(Self.channels[0], .passed), entry(Self.channels[0]))
    #expect(try patience.obstacle(entry(Self.channels[0])) == nil)
  }

  @Test func afterThreeChannelsTheAdapterIsPutAsideAndNobodyElse() throws {
    var patience = try gaveUp(on: Patience.channels)
    let found = try patience.obstacle(entry(Self.channels[3]))
    let obstacle = try #require(found)
    #expect(obstacle.outcome == .notRun)
    #expect(obstacle.reason.hasPrefix("bad was put aside after 60 failures, the last with the finding wrong-bytes"))
    for channel in Self.channels { #expect(try patience.obstacle(entry(channel, "good-good")) == nil) }
  }

  @Test func whereBothOrNobodyOfTheCaseIsBlamedNobodyIsGivenUp() throws {
    for blamed in [["bad (writer)", "good (reader)"], [], ["other"]] {
      var patience = Patience()
      for _ in 0..<50 {
        var failed = try record(Self.channels[0], .failed)
        failed.failure?.blamed = blamed
        #expect(try patience.note(failed, entry(Self.channels[0])) == nil, "\(blamed)")
      }
    }
  }

  private func gaveUp(on count: Int) throws -> Patience {
    var patience = Patience()
    for channel in Self.channels.prefix(count) {
      for _ in 0..<Patience.failures { _ = try fail(&patience, channel) }
    }
    return patience
  }

  private func fail(
    _ patience: inout Patience, _ channel: String, code: String = "wrong-bytes"
  ) throws -> String? {
    var failed = try record(channel, .failed)
    failed.failure?.code = code
    return try patience.note(failed, entry(channel))
  }

  private func entry(_ channel: String, _ pair: String = "bad-good") throws -> Plan.Entry {
    try #require(Self.entries.first { $0.name.channel == channel && $0.name.pair == pair })
  }

  private func record(_ channel: String, _ outcome: Outcome) throws -> CaseRecord {
    var record = CaseRecord(name: try entry(channel).name, outcome: outcome)
    if outcome == .failed {
      record.failure = Failure(blame: .writer, blamed: ["bad (writer)"], expected: "", seen: "")
    }
    return record
  }
}
