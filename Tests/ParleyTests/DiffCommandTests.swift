import Foundation
import Journal
import Testing

@Suite struct DiffCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { "\(folder.path)/\(name).jsonl" }

  private func run(_ name: String, _ words: [String]) throws {
    _ = try Parley.run(["run", "--journal", path(name)] + words)
  }

  @Test func regressionIsOneAndProgressIsZero() throws {
    let words = ["--adapter", Parley.fake("stumbles"), "messages/unix+line/swift-stumbles/greeting"]
    let adapters = ["--adapters", "swift,stumbles"]
    try run("bad", adapters + words)
    // Tried twice, it passes at the second try.
    let known = "\(folder.path)/known.yml"
    try "flaky:\n  - {case: \"**/swift-stumbles/*\", reason: x, retries: 1}\n".write(
      toFile: known, atomically: true, encoding: .utf8)
    try run("good", adapters + ["--baseline", known] + words)
    let worse = try Parley.run(["diff", path("good"), path("bad")])
    #expect(worse.status == 1)
    #expect(
      worse.output.contains("newly failing, 1 case:\n  \(words[2])  passed → failed: reader: the message \"other\""))
    let better = try Parley.run(["diff", path("bad"), path("good")])
    #expect(better.status == 0 && better.output.contains("newly passing, 1 case:\n"))
    let same = try Parley.run(["diff", path("good"), path("good")])
    #expect(same.status == 0 && same.lines.count == 1)
  }

  @Test func lostCaseIsARegression() throws {
    try run("all", Parley.greetings)
    try run("fewer", Array(Parley.greetings.dropLast()))
    let ended = try Parley.run(["diff", path("all"), path("fewer")])
    #expect(ended.status == 1)
    #expect(
      ended.output.contains(
        "lost: passed before, not planned now, 1 case: messages/unix+line/swift-swift/greeting\n"))
    #expect(try Parley.run(["diff", path("fewer"), path("all")]).status == 0)
  }

  @Test func journalThatIsCutOffIsNeverWholeAndAShardIsNoRun() throws {
    try run("all", Parley.greetings)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path("all")))
    try whole.prefix(whole.count - 2).write(to: URL(fileURLWithPath: path("cut")))
    let cut = try Parley.run(["diff", path("all"), path("cut")])
    #expect(cut.status == 130 && cut.errors.contains("The journal \(path("cut")) is cut off"))
    try run("shard", Parley.greetings + ["--shard", "1/2"])
    let shard = try Parley.run(["diff", path("all"), path("shard")])
    #expect(shard.status == 2 && shard.errors.contains("\(path("shard")) is shard 1/2"))
    #expect(try Parley.run(["diff", path("all"), "/nowhere"]).status == 3)
  }

  @Test(arguments: ["diff", "merge", "report"])
  func mistypedPathGetsTheNearestOne(_ command: String) throws {
    try run("all", Parley.greetings)
    let words = command == "diff" ? [path("all")] : command == "merge" ? ["-o", path("merged")] : []
    for (typed, advice) in [
      (path("al"), "there is no such file; did you mean \(path("all"))?"),
      ("\(folder.path)/else", "there is no such file; parley run --journal makes one."),
      (folder.path, "it is a folder. Give the file that parley run --journal wrote."),
    ] {
      let ended = try Parley.run([command] + words + [typed])
      #expect(ended.status == 3 && ended.output == "")
      #expect(ended.errors == "parley: Cannot read the journal \(typed): \(advice)\n")
    }
    let beside = try Parley.run(["diff", "all.jsnl", "all.jsonl"], in: folder.path)
    #expect(beside.errors.contains("there is no such file; did you mean all.jsonl?"), "\(beside.errors)")
  }
}
