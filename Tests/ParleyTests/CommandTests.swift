import Foundation
import Journal
import Testing

@Suite struct CommandTests {
  @Test(arguments: [
    [], ["run"], ["list"], ["adapters"], ["drive"], ["report"], ["baseline"], ["baseline", "update"],
    ["baseline", "check"], ["diff"], ["merge"], ["plan"], ["tap"], ["identify"],
  ])
  func helpFitsAScreenAndHasAnExample(_ command: [String]) throws {
    let ended = try Parley.run(command + ["--help"])
    #expect(ended.status == 0 && ended.errors == "")
    // The run has a page of options, and the tap a page of its own; the others fit a screen.
    let most = command == ["run"] ? 70 : command == ["tap"] ? 60 : 48
    #expect(ended.output.components(separatedBy: "\n").count <= most)
    for line in ended.lines { #expect(line.count <= 100, "\(line)") }
    #expect(ended.output.contains(command.isEmpty ? "parley run --with python" : "Example: "))
  }

  @Test func quickRunEndsWithTheBalance() throws {
    let ended = try Parley.run(["run", "--quick", "--adapters", "swift,python"])
    let counts = try ended.balance()
    #expect(ended.status == 0 && counts["passed"] ?? 0 > 0 && counts["failed"] == 0, "\(ended.output)")
    #expect(ended.output.hasSuffix("\n") && !ended.output.hasSuffix("\n\n"))
  }

  @Test func listNamesWhatRunPlans() throws {
    let words = ["--adapters", "swift,python", "refusals/**"]
    let folder = try TemporaryFolder()
    let list = try Parley.run(["list"] + words)
    let run = try Parley.run(["run", "--journal", "\(folder.path)/run.jsonl"] + words)
    #expect(list.status == 0 && run.status == 0)
    let names = try records("\(folder.path)/run.jsonl").map(\.name.description)
    #expect(Set(list.lines.compactMap { $0.split(separator: " ").first.map(String.init) }) == Set(names))
    #expect(list.lines.count == names.count)
  }

  @Test func listSaysWhatKeepsACaseFromBeingRun() throws {
    let ended = try Parley.run([
      "list", "--adapters", "bom", "--adapter", Parley.fake("bom"), "messages/unix+line/*/greeting",
    ])
    #expect(
      ended.output.hasPrefix(
        "messages/unix+line/bom-bom/greeting  (bom cannot be used: the endpoint answered hello with"))
  }

  @Test func reportOfAJournalIsTheRunsOwn() throws {
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/run.jsonl"
    let run = try Parley.run([
      "run", "--journal", journal, "--adapters", "swift,python,lies", "--adapter", Parley.fake("lies"),
      "messages/*/*/greeting",
    ])
    let report = try Parley.run(["report", journal])
    #expect(run.status == 1 && report.status == 1 && report.errors == "")
    #expect(report.output == run.output)
  }

  @Test func reportOfACutJournalSaysSoAndBalances() throws {
    let folder = try TemporaryFolder()
    let journal = "\(folder.path)/run.jsonl"
    let run = try Parley.run(["run", "--journal", journal] + Parley.greetings)
    try #require(run.status == 0)
    let whole = try Data(contentsOf: URL(fileURLWithPath: journal))
    // The first line has the rules, and so is most of it.
    let start = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
    for count in [(start + whole.count) / 2, whole.count - 1] {
      try whole.prefix(count).write(to: URL(fileURLWithPath: journal))
      let report = try Parley.run(["report", journal])
      #expect(report.status == 130)
      #expect(report.errors.contains("The journal \(journal) is cut off"))
      #expect(try report.balance()["planned"] == 4)
    }
  }

  @Test func adaptersShowsWhoIsThereAndWhoIsNot() throws {
    let ended = try Parley.run(["adapters", "--adapters", "python,swift,crlf", "--adapter", Parley.fake("crlf")])
    #expect(ended.status == 1)
    #expect(ended.output.contains(/python +CPython 3/))
    #expect(ended.output.contains("crlf: the endpoint answered hello with"))
  }

  @Test(arguments: ["swift", "python"])
  func driveLetsTheUserTalkToAnEndpoint(_ name: String) throws {
    let ended = try Parley.run(["drive", name], input: "hello\ndance\n")
    #expect(ended.status == 0 && ended.lines.count == 2)
    #expect(ended.output.hasPrefix("ok protocol=1 language=\(name) "))
    #expect(ended.lines.last?.hasPrefix("error kind=usage ") ?? false)
  }

  @Test func failedCaseIsRunAgainByTheCommandItPrints() throws {
    let words = ["run", "--adapter", Parley.fake("lies"), "--timeout", "20", "messages/unix+line/swift-lies/greeting"]
    let first = try Parley.run(words + ["--adapters", "swift,lies"])
    let line = try #require(first.lines.first { $0.hasPrefix("  again     ") })
    let command = line.dropFirst("  again     ".count) + " --adapters swift,lies"
    let again = try Parley.run([], through: ["/bin/sh", "-c", String(command)])
    #expect(again.status == 1)
    #expect(try again.balance() == ExitStatusTests.counts(planned: 1, failed: 1))
  }

  private func records(_ journal: String) throws -> [CaseRecord] {
    var records: [CaseRecord] = []
    #expect(try JournalFile.read(journal) { if case .caseEnded(let record) = $0 { records.append(record) } })
    return records
  }
}
