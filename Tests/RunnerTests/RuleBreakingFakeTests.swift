import Journal
import Places
import Testing

@testable import Cases
@testable import Runner

/// Each fake breaks one rule; it is told which one and what to do, and its honest partner is never blamed.
@Suite struct RuleBreakingFakeTests {
  @Test(arguments: RuleBreaker.inLines)
  func isFoundOutByHowItReadsAndWritesLines(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test(arguments: RuleBreaker.inOpening)
  func isFoundOutByHowItOpens(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test(arguments: RuleBreaker.inSending)
  func isFoundOutByHowItSends(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test(arguments: RuleBreaker.inReceiving)
  func isFoundOutByHowItReceives(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test(arguments: RuleBreaker.inWaiting)
  func isFoundOutByHowItWaits(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test(arguments: RuleBreaker.inClosing)
  func isFoundOutByHowItCloses(_ breaker: RuleBreaker) throws { try isFoundOut(breaker) }

  @Test func writerOfAWrongLengthIsBlamedWhereTheStreamIsCutAndNoReaderIs() throws {
    let trial = try Trial(
      ["prefix", "swift", "python", "c"], ["messages/unix+multiprocessing/*/truncated-frame"]
    ) { $0.deadline = 2 }
    #expect(trial.records.count { $0.name.pair.hasPrefix("prefix-") } == 4)
    #expect(trial.records.count { !$0.name.pair.contains("prefix") } == 9)
    for record in trial.records where record.name.pair.hasPrefix("prefix-") {
      #expect(record.failure?.blamed == ["prefix (writer)"], "\(record.name)")
    }
    for record in trial.records where !record.name.pair.contains("prefix") {
      #expect(record.outcome == .passed, "\(record.name)")
    }
  }

  @Test func thatNeverAnswersIsPutAsideAfterThreeChannels() throws {
    let framings = ["line", "u32le", "netstring", "varint"]
    // Patient enough for the honest side on a busy machine.
    let trial = try Trial(["swift", "silent"], framings.map { "messages/unix+\($0)/silent-swift/*" }) { options in
      options.deadline = 2
      options.jobs = 1
    }
    #expect(trial.notes.contains { $0.hasPrefix("silent is put aside: ") && $0.contains("on 3 channels") })
    #expect(trial.records.allSatisfy { $0.outcome == .failed || $0.outcome == .notRun })
    let tried = trial.records.filter { $0.outcome == .failed }
    #expect(tried.count < 3 * (Patience.failures / Patience.timeOutWeight + 4), "\(tried.count) cases were tried")
    #expect(tried.allSatisfy { $0.failure?.blamed.allSatisfy { $0.hasPrefix("silent") } == true })
  }

  private func isFoundOut(_ breaker: RuleBreaker) throws {
    let trial = try Trial(["swift", breaker.fake.name], breaker.cases) { $0.deadline = breaker.deadline }
    breaker.fake.isFoundOut(in: trial)
  }
}
