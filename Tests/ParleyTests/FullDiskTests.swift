import Foundation
import Journal
import Testing

/// What becomes of a journal that cannot be written to its end.
@Suite struct FullDiskTests {
  #if os(Linux)
  @Test(.enabled(if: geteuid() == 0))
  func fullDiskStopsTheRunAndTheReportSaysSo() throws {
    let folder = try TemporaryFolder()
    let disk = "\(folder.path)/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    // Room for the rules in its first line, and for some cases. A machine may keep even root from mounting.
    guard mount("parley-test", disk, "tmpfs", 0, "size=96k") == 0 else { return }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let journal = "\(disk)/run.jsonl"
    let ended = try Parley.run(["run", "--repeat", "100", "--journal", journal] + Parley.greetings)
    #expect(ended.status == 3 && ended.output == "")
    #expect(ended.errors.contains("Cannot write the journal \(journal): No space left on device. It ends early"))
    let report = try Parley.run(["report", journal])
    #expect(report.status == 130 && report.errors.contains("The journal \(journal) is cut off"))
    let counts = try report.balance()
    #expect(counts["planned"] == 400 && counts["not run"] ?? 0 > 0 && counts["passed"] ?? 0 > 0)
    let merge = try Parley.run(["merge", journal, "-o", "\(folder.path)/out.jsonl"])
    #expect(merge.status == 1)
    let full = try Parley.run(["diff", journal, journal])
    #expect(full.status == 130)
  }
  #endif

  @Test(arguments: ["/dev/full"])
  func mergeOntoAFullDiskFails(_ output: String) throws {
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/1.jsonl"
    try #require(try Parley.run(["run", "--shard", "1/1", "--journal", journal] + Parley.greetings).status == 0)
    let ended = try Parley.run(["merge", journal, "-o", output])
    #expect(ended.status == 3 && ended.output == "")
    #expect(ended.errors.contains("Cannot write the journal /dev/full: No space left on device."))
  }

  @Test func journalOfAnotherVersionIsRefusedEverywhere() throws {
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/newer.jsonl"
    try "{\"event\":\"run-started\",\"run\":{\"version\":99,\"other\":true}}\n{\"event\":\"dance\"}\n".write(
      toFile: journal, atomically: true, encoding: .utf8)
    for words in [
      ["report", journal], ["diff", journal, journal], ["merge", journal, "-o", "\(folder.path)/out.jsonl"],
      ["baseline", "update", "\(folder.path)/known.yml", "--journal", journal],
      ["run", "--shard", "1/2", "--costs", journal] + Parley.greetings,
    ] {
      let ended = try Parley.run(words)
      #expect(ended.status == 3 && ended.output == "", "\(words)")
      #expect(ended.errors.contains("is a journal of version 99, and this parley reads up to version "), "\(words)")
    }
  }

  @Test func journalOfAnotherMachineAndAnOlderVersionIsReported() throws {
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/older.jsonl"
    let lines = [
      #"{"event":"run-started","run":{"command":"C:\\parley run","date":"2026-01-31T12:00:00Z","isFresh":false,"isTapped":true,"jobs":2,"machine":"Plan 9, mips, 1 processors","planned":1,"version":1}}"#,
      #"{"event":"case-ended","record":{"isSmall":true,"name":"gossip/pigeon+rfc1149/ada-cobol/coo","outcome":"passed","seconds":0.5}}"#,
      #"{"end":{"isInterrupted":false,"peakMemory":{},"seconds":1},"event":"run-ended"}"#,
    ]
    try (lines.joined(separator: "\n") + "\n").write(toFile: journal, atomically: true, encoding: .utf8)
    let ended = try Parley.run(["report", journal])
    #expect(ended.status == 0 && ended.errors == "")
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 1, passed: 1))
    #expect(ended.output.contains("pigeon+rfc1149") && ended.output.contains("Plan 9, mips, 1 processors"))
    let merge = try Parley.run(["merge", journal, "-o", "\(folder.path)/out.jsonl"])
    #expect(merge.status == 1 && merge.errors.contains("older.jsonl is no shard: its run had no --shard."))
  }
}
