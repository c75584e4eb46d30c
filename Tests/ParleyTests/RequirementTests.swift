import Foundation
import Testing

/// `parley list --requirements`: the rules of the protocol, and who checks them.
@Suite struct RequirementTests {
  private static let journal = "\(Parley.repository)/Tests/ReportsTests/Golden/run.jsonl"

  @Test func planTellsHowManyCasesCheckEachRule() throws {
    let ended = try Parley.run(["list", "--requirements"] + Parley.greetings)
    #expect(ended.status == 0 && ended.errors == "")
    #expect(ended.lines.first?.contains(#/^rule +cases +rungs of adapter check +what it says$/#) ?? false)
    #expect(ended.output.contains(#/\nL1 +4 +\S?.* An endpoint must answer every command line with exactly one reply/#))
    #expect(ended.output.contains(#/\nU2 +nonsense +/#))
    #expect(ended.output.contains(#/\nH3 +`runtime` names .* \(not testable: only a person can tell/#))
    #expect(ended.lines.last?.contains(#/^rules \d+ · checked by cases \d+ · only by adapter check \d+ · /#) ?? false)
  }

  @Test func journalTellsHowTheyEnded() throws {
    let ended = try Parley.run(["list", "--requirements", "--journal", Self.journal])
    #expect(ended.status == 0 && ended.errors == "")
    #expect(ended.output.contains(#/\nF1 +6 +6 +3 +`multiprocessing`: int32/#))
    #expect(ended.output.contains(#/\nL3 +7 +1 +6 +\S+ +A reply is flushed at once/#))
    #expect(ended.output.contains(#/\nF5 +1 +1 +`varint`/#))
    #expect(
      ended.lines.last
        == "rules 6 · checked by cases 4 · broken 2 · only by adapter check 0 · not testable 1 · not checked 1")
    let some = try Parley.run(["list", "--requirements", "--journal", Self.journal, "messages/unix+line/**"])
    #expect(some.output.contains(#/\nL3 +3 +1 +2 /#))
  }

  @Test(arguments: [
    (["--journal", journal], "--journal goes with --requirements."),
    (["--requirements", "--journal", journal, "--quick"], "--journal has its cases"),
    (["--requirements", "--journal", journal, "nothing/**"], "fits \"nothing/**\""),
  ])
  func whatMakesNoSenseIsRefused(_ words: [String], _ problem: String) throws {
    let ended = try Parley.run(["list"] + words)
    #expect(ended.status == 2 && ended.errors.contains(problem), "\(ended.errors)")
  }

  @Test func olderJournalHasNoRules() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: Self.journal)), as: UTF8.self)
    let old = text.split(separator: "\n").dropFirst().filter { !$0.contains("\"rules\"") && !$0.contains("\"rule\"") }
    let start = #"{"event":"run-started","run":{"command":"parley run","date":"2026-01-31T12:00:00Z","isFresh":false,"#
    let rest = #""isTapped":true,"jobs":2,"machine":"Linux","planned":4,"version":2}}"#
    try ([start + rest] + old.map(String.init)).joined(separator: "\n").appending("\n")
      .write(toFile: "\(folder.path)/old.jsonl", atomically: false, encoding: .utf8)
    let ended = try Parley.run(["list", "--requirements", "--journal", "\(folder.path)/old.jsonl"])
    #expect(ended.status == 2 && ended.errors.contains("(version 2) names no rules of the protocol"), "\(ended.errors)")
  }

  @Test func versionIsOneLine() throws {
    let ended = try Parley.run(["--version"])
    #expect(ended.status == 0 && ended.output == "parley 0.1.0\n" && ended.errors == "")
  }
}
