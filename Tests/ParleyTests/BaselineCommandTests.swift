import Foundation
import Journal
import Testing

@Suite struct BaselineCommandTests {
  static func name(_ pair: String) -> String { "messages/unix+line/\(pair)/greeting" }

  static let adapters = [
    "--adapters", "swift,lies,stumbles", "--adapter", Parley.fake("lies"), "--adapter", Parley.fake("stumbles"),
  ]
  static let names = ["swift-swift", "swift-lies", "swift-stumbles"].map(name)

  private let folder: TemporaryFolder
  private var file: String { "\(folder.path)/known.yml" }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

  private func run(_ names: [String], _ more: [String] = []) throws -> Ended {
    try Parley.run(["run", "--baseline", file] + Self.adapters + more + names)
  }

  static func counts(
    _ planned: Int, passed: Int = 0, failed: Int = 0, expected: Int = 0, unexpected: Int = 0
  ) -> [String: Int] {
    [
      "planned": planned, "passed": passed, "failed": failed, "expected": expected, "unexpected": unexpected,
      "unsupported": 0, "not run": 0,
    ]
  }

  @Test func knownFailureAndFlakyCaseAreAsExpected() throws {
    try write(
      """
      known-failures:
        - case: "**/*-lies/greeting"
          reason: it lies
          contains: the message "other"
      flaky:
        - case: "**/swift-stumbles/*"
          reason: it stumbles
          retries: 2
      """)
    let journal = "\(folder.path)/run.jsonl"
    let ended = try run(Self.names, ["--journal", journal])
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    #expect(try ended.balance() == Self.counts(3, passed: 2, expected: 1))
    #expect(ended.output.contains("expected, 1 case: it lies (\(file):2)\n"))
    #expect(
      ended.output.contains("flaky: \(Self.name("swift-stumbles")) passed at try 2 of 3 (\(file):6, it stumbles)"))
    #expect(!ended.output.contains("FAILED"))
    let report = try Parley.run(["report", journal])
    #expect(report.status == 0 && report.output == ended.output)
  }

  @Test func eachWayOfRottingFailsTheRunAndNamesTheLine() throws {
    try write("known-failures:\n  - case: \(Self.name("swift-swift"))\n    reason: x\n")
    let passes = try run([Self.name("swift-swift")])
    #expect(passes.status == 1)
    #expect(try passes.balance() == Self.counts(1, unexpected: 1))
    #expect(passes.output.contains("  delete    \(file):2, \(Self.name("swift-swift")) (x)\n"))

    try write("# A typo.\n\nknown-failures:\n  - case: \"**/greetings\"\n    reason: x\n")
    let journal = "\(folder.path)/run.jsonl"
    let stale = try run([Self.name("swift-swift")], ["--journal", journal])
    #expect(stale.status == 1)
    #expect(try stale.balance() == Self.counts(1, passed: 1))
    #expect(stale.output.contains("STALE \(file):4\n"))
    let report = try Parley.run(["report", journal])
    #expect(report.status == 1 && report.output == stale.output)

    try write("known-failures:\n  - case: \(Self.name("swift-lies"))\n    reason: x\n    contains: blue\n")
    let other = try run([Self.name("swift-lies")])
    #expect(other.status == 1)
    #expect(try other.balance() == Self.counts(1, failed: 1))
    #expect(other.output.contains("\(file):2 knows a failure that contains \"blue\", and this one does not"))
  }

  @Test func entriesBeyondTheSelectionAreNotStale() throws {
    // Of another scenario, another channel, an adapter that is left out, and a framing that only --full has.
    try write(
      """
      known-failures:
        - {case: messages/unix+line/swift-lies/request-reply, reason: x}
        - {case: "messages/fifo+*/lies-*/**", reason: x}
        - {case: "**/python-c/greeting", reason: x}
        - {case: "messages/tcp+varint/swift-lies/**", reason: x}
      """)
    for more in [[], ["--shard", "1/3"], ["--with", "swift"]] {
      let ended = try run([Self.name("swift-swift")], more)
      #expect(ended.status == 0 && !ended.output.contains("STALE"), "\(more) \(ended.output)")
    }
  }

  @Test func mistakesAreUsageErrorsBeforeAnythingRuns() throws {
    try write("known-failures:\n  - case: x\n    raeson: y\n")
    let unknown = try run([Self.name("swift-swift")])
    #expect(unknown.status == 2 && unknown.output == "")
    #expect(unknown.errors == "parley: \(file):3: unknown key \"raeson\"; the keys are case, reason, link, contains.\n")
    let missing = try Parley.run(["run", "--baseline", "/nowhere/known.yml"] + Parley.greetings)
    #expect(missing.status == 2 && missing.errors.contains("Cannot read the baseline /nowhere/known.yml"))
  }

  @Test func firstRunHasNoBaselineYet() throws {
    let first = try run([Self.name("swift-swift"), Self.name("swift-lies")])
    #expect(first.status == 1, "\(first.errors)")
    #expect(try first.balance() == Self.counts(2, passed: 1, failed: 1))
    #expect(
      first.errors.hasPrefix(
        "parley: There is no baseline \(file) yet, so no failure is known. parley baseline update \(file) makes one.\n")
    )
    #expect(!FileManager.default.fileExists(atPath: file))
    #expect(try run([Self.name("swift-swift")]).status == 0)
    // It may be mistyped, too.
    try "known-failures:\n".write(toFile: "\(folder.path)/baseline.yml", atomically: true, encoding: .utf8)
    let mistyped = try Parley.run(["run", "--baseline", "\(folder.path)/basline.yaml"] + Parley.greetings)
    #expect(mistyped.status == 2 && mistyped.output == "")
    #expect(mistyped.errors.contains("did you mean baseline.yml?"), "\(mistyped.errors)")
  }

  @Test func updateMakesTheRunGreenAndCheckAgrees() throws {
    let words = Self.adapters + ["messages/unix+line/swift-*/greeting", "messages/unix+line/*-lies/greeting"]
    let journal = "\(folder.path)/run.jsonl"
    #expect(try Parley.run(["run", "--journal", journal] + words).status == 1)
    let made = try Parley.run(["baseline", "update", file, "--journal", journal])
    #expect(made.status == 0 && made.output.contains("added messages/unix+line/*-lies/greeting: "), "\(made.output)")
    #expect(made.output.contains("known failures, 0 flaky: \(file)\n"))
    let text = try folder.text("known.yml")
    let again = try Parley.run(["baseline", "update", file, "--journal", journal])
    #expect(again.status == 0 && again.output.hasPrefix("\(file) is up to date.\n"))
    #expect(try folder.text("known.yml") == text)

    // The fake that stumbles does so once in a run, and is left to the flaky ones.
    let known = text.components(separatedBy: "\n").filter { !$0.contains("stumbles") }.joined(separator: "\n")
    #expect(known.contains("*-lies"))
    let words2 = Self.adapters + ["messages/unix+line/swift-lies/greeting", "messages/unix+line/lies-lies/greeting"]
    try write("known-failures:\n  - case: messages/unix+line/*-lies/greeting\n    reason: it lies\n")
    #expect(try Parley.run(["run", "--baseline", file] + words2).status == 0)

    let outside = ["--adapter", Parley.fake("lies")]
    #expect(try Parley.run(["baseline", "check", file] + outside).status == 0)
    let stale = try Parley.run(["baseline", "check", file])
    #expect(stale.status == 1)
    #expect(stale.output == "\(file):2: no case fits messages/unix+line/*-lies/greeting; delete the entry\n")
    #expect(try Parley.run(["baseline", "check", file, "--journal", journal] + outside).status == 1)
  }

  @Test func updateRunsTheMatrixItselfIfThereIsNoJournal() throws {
    let made = try Parley.run(
      ["baseline", "update", file, "--adapters", "swift,lies", "--adapter", Parley.fake("lies")]
        + ["swift-swift", "swift-lies"].map(Self.name))
    #expect(made.status == 0, "\(made.errors)")
    #expect(try folder.text("known.yml").contains("- case: \(Self.name("swift-lies"))\n"))
  }

  @Test func updateFromHalfARunIsRefused() throws {
    let journal = "\(folder.path)/run.jsonl"
    try #require(try Parley.run(["run", "--journal", journal] + Parley.greetings).status == 0)
    let whole = try Data(contentsOf: URL(fileURLWithPath: journal))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: journal))
    let ended = try Parley.run(["baseline", "update", file, "--journal", journal])
    #expect(ended.status == 3 && ended.errors.contains("A baseline needs a complete run"))
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func updateFromAnInterruptedRunIsRefusedUnlessAskedFor() throws {
    let journal = "\(folder.path)/run.jsonl"
    try #require(try Parley.run(["run", "--journal", journal] + Parley.greetings).status == 0)
    let text = try folder.text("run.jsonl")
    try #require(text.contains("\"isInterrupted\":false"))
    try text.replacing("\"isInterrupted\":false", with: "\"isInterrupted\":true")
      .write(toFile: journal, atomically: true, encoding: .utf8)
    let refused = try Parley.run(["baseline", "update", file, "--journal", journal])
    #expect(refused.status == 3 && refused.errors.contains("is of a run that was interrupted: 0 of its 4 cases"))
    #expect(refused.errors.contains("--interrupted"))
    #expect(!FileManager.default.fileExists(atPath: file))
    let taken = try Parley.run(["baseline", "update", file, "--journal", journal, "--interrupted"])
    #expect(taken.status == 0 && taken.errors == "", "\(taken.errors)")
  }

  @Test func baselineThatCannotBeWrittenIsNamed() throws {
    let journal = "\(folder.path)/run.jsonl"
    try #require(try Parley.run(["run", "--journal", journal] + Parley.greetings).status == 0)
    let ended = try Parley.run(["baseline", "update", "/nowhere/known.yml", "--journal", journal])
    #expect(ended.status == 3)
    #expect(ended.errors.contains("Cannot write the baseline /nowhere/known.yml: No such file or directory."))
  }
}
