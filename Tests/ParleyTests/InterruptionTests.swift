import Foundation
import Journal
import Testing

/// Whatever happens to a run or its endpoints, it ends as it should and leaves nothing.
@Suite struct InterruptionTests {
  static let longRun = ["--repeat", "400"] + Parley.greetings

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruptedRunAccountsForWhatItDidNotDo(_ signal: Int32) throws {
    let run = try RunUnderWay(Self.longRun)
    run.send(signal)
    let ended = try run.ended()
    let counts = try ended.balance()
    #expect(ended.status == 130)
    #expect(
      counts["planned"] == 1600 && counts["passed"] ?? 0 > 0 && counts["failed"] == 0 && counts["not run"] ?? 0 > 0)
    #expect(run.leavesNothing())
  }

  @Test func killedRunIsClearedUpByItsGuard() throws {
    let run = try RunUnderWay(Self.longRun)
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    #expect(run.leavesNothing())
  }

  @Test(arguments: ["python", "parley-endpoint"])
  func killedEndpointCostsOneCase(_ word: String) throws {
    let run = try RunUnderWay(["--repeat", "50"] + Parley.greetings)
    try #require(kill(run.endpoint(word), SIGKILL) == 0)
    let ended = try run.ended()
    #expect(ended.status == 1)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 200, passed: 199, failed: 1))
    let name = word == "python" ? "python" : "swift"
    #expect(
      ended.output.contains("\(name) (writer) was killed by signal 9")
        || ended.output.contains("\(name) (reader) was killed by signal 9"))
    #expect(
      ended.output.contains(name == "python" ? /blame +(writer|reader): python/ : /blame +(writer|reader): swift/))
    #expect(run.leavesNothing())
  }

  @Test func stoppedEndpointCostsItsCasesAndTheRunGoesOn() throws {
    let run = try RunUnderWay(["--timeout", "1", "--repeat", "50"] + Parley.greetings)
    try #require(kill(run.endpoint("python"), SIGSTOP) == 0)
    let ended = try run.ended()
    #expect(ended.status == 1)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 200, passed: 199, failed: 1))
    #expect(run.leavesNothing())
  }

  @Test func journalOfAKilledRunSaysWhatWasUnderWay() throws {
    let run = try RunUnderWay(Self.longRun)
    run.send(SIGKILL)
    _ = try run.ended()
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/run.jsonl"
    try run.told.write(toFile: journal, atomically: true, encoding: .utf8)
    let report = try Parley.run(["report", journal])
    #expect(report.status == 130)
    #expect(try report.balance()["not run"] ?? 0 > 0)
    #expect(report.output.contains("under way when the journal ended: messages/"))
  }
}
