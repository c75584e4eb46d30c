import Foundation
import Testing

/// `parley report` and the reports of `parley run`: written whole, or not at all.
@Suite struct ReportCommandTests {
  private static let journal = "\(Parley.repository)/Tests/ReportsTests/Golden/run.jsonl"
  private static let names = ["junit", "json", "html", "markdown", "badge"]

  /// The options that write every report into a folder.
  private static func everything(_ folder: String) -> [String] {
    names.flatMap { ["--\($0)", "\(folder)/report.\($0)"] }
  }

  private static let harnessFailed = "parley: The harness could not do its work for 1 case, see above.\n"

  private static func content(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func everyReportIsWrittenAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let ended = try Parley.run(["report", Self.journal] + Self.everything(folder.path))
    // One of its cases failed by the harness.
    #expect(ended.status == 3 && ended.errors == Self.harnessFailed)
    #expect(try Self.content(folder.path) == Self.names.map { "report.\($0)" }.sorted())
    #expect(try ended.balance()["planned"] == 16)
  }

  @Test func runWritesThemToo() throws {
    let folder = try TemporaryFolder()
    let ended = try Parley.run(
      ["run", "--journal", "\(folder.path)/run.jsonl"] + Parley.greetings + Self.everything(folder.path))
    #expect(ended.status == 0 && ended.errors == "")
    let other = try TemporaryFolder()
    _ = try Parley.run(["report", "\(folder.path)/run.jsonl"] + Self.everything(other.path))
    for name in Self.names {
      #expect(try folder.text("report.\(name)") == other.text("report.\(name)"), "\(name)")
    }
  }

  @Test(arguments: names)
  func dashIsStandardOutputAndNothingElseGoesThere(_ name: String) throws {
    let folder = try TemporaryFolder()
    _ = try Parley.run(["report", Self.journal, "--\(name)", "\(folder.path)/file"])
    let ended = try Parley.run(["report", Self.journal, "--\(name)", "-"])
    #expect(ended.status == 3)
    #expect(try ended.output == folder.text("file"))
    #expect(ended.errors.contains("planned 16 · passed 4"))
  }

  @Test func oneThatCannotBeWrittenDoesNotKeepTheOthers() throws {
    let folder = try TemporaryFolder()
    let ended = try Parley.run([
      "report", Self.journal, "--junit", "\(folder.path)/no/junit.xml", "--json", folder.path, "--badge",
      "\(folder.path)/badge.svg",
    ])
    #expect(ended.status == 3)
    #expect(ended.errors.contains("Cannot write the report \(folder.path)/no/junit.xml: there is no folder"))
    #expect(ended.errors.contains("Cannot write the report \(folder.path): it is a folder"))
    #expect(try Self.content(folder.path) == ["badge.svg"])
  }

  @Test func fullDiskLeavesNothingThatLooksComplete() throws {
    let folder = try TemporaryFolder()
    try "before".write(toFile: "\(folder.path)/page.html", atomically: false, encoding: .utf8)
    // A file of more than 8 KiB gives EFBIG, as a full disk gives ENOSPC.
    let ended = try Parley.run(
      [
        "report", Self.journal, "--html", "\(folder.path)/page.html", "--json", "\(folder.path)/new.json", "--badge",
        "\(folder.path)/badge.svg",
      ], through: ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
    #expect(ended.status == 3)
    #expect(ended.errors.contains("Cannot write the report \(folder.path)/page.html: File too large. Make room"))
    #expect(try Self.content(folder.path) == ["badge.svg", "page.html"])
    #expect(try folder.text("page.html") == "before")
  }

  @Test func deviceIsWrittenAndNotReplaced() throws {
    let ended = try Parley.run(["report", Self.journal, "--json", "/dev/full", "--html", "/dev/null"])
    #expect(ended.status == 3)
    #expect(ended.errors.contains("Cannot write the report /dev/full: No space left on device"))
    #expect(FileManager.default.isWritableFile(atPath: "/dev/null"))
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(type == .typeCharacterSpecial)
  }

  @Test func symbolicLinkStaysOne() throws {
    let folder = try TemporaryFolder()
    try "before".write(toFile: "\(folder.path)/real", atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "real")
    _ = try Parley.run(["report", Self.journal, "--badge", "\(folder.path)/link"])
    #expect(try folder.text("real").hasPrefix("<svg"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder.path)/link") == "real")
  }

  @Test func journalIsNotReplacedByAReport() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.journal, toPath: "\(folder.path)/run.jsonl")
    let ended = try Parley.run(["report", "run.jsonl", "--json", "./run.jsonl"], in: folder.path)
    #expect(ended.status == 2 && ended.errors.contains("which is the journal"))
    #expect(try folder.text("run.jsonl").hasPrefix("{\"event\":\"run-started\""))
  }

  @Test(arguments: [["--json", ""], ["--json", "-", "--html", "-"], ["--json", "x", "--html", "x"]])
  func wrongPathsAreWrongUsage(_ words: [String]) throws {
    #expect(try Parley.run(["report", Self.journal] + words).status == 2)
  }

  @Test func runDoesNotBeginIfItsReportCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    let ended = try Parley.run(
      ["run", "--journal", "\(folder.path)/run.jsonl", "--html", "\(folder.path)/no/page.html"] + Parley.greetings)
    #expect(ended.status == 3 && ended.output == "")
    #expect(ended.errors.contains("there is no folder \(folder.path)/no. Make it first."))
    #expect(try Self.content(folder.path) == [])
  }

  @Test(arguments: [(["--github"], [:]), ([], ["GITHUB_ACTIONS": "true"])])
  func annotationsAreForGitHub(_ words: [String], _ environment: [String: String]) throws {
    let ended = try Parley.run(["report", Self.journal] + words, in: Parley.repository, environment: environment)
    #expect(ended.output.hasPrefix("::error file=interop/known.yml,line=14,title="))
    #expect(ended.output.contains("\n::error file=interop/python/adapter.yml,title=failed%3A messages/"))
    #expect(ended.output.contains("\n::group::Parley: 7 failures\n") && ended.output.contains("\n::endgroup::\n"))
    #expect(try ended.balance()["failed"] == 6)
    #expect(!(try Parley.run(["report", Self.journal], in: Parley.repository)).output.hasPrefix("::"))
  }

  @Test func sinceSaysWhatChanged() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: Self.journal)), as: UTF8.self)
    try text.replacing("\"outcome\":\"failed\"", with: "\"outcome\":\"passed\"")
      .write(toFile: "\(folder.path)/old.jsonl", atomically: false, encoding: .utf8)
    let ended = try Parley.run(
      ["report", Self.journal, "--since", "\(folder.path)/old.jsonl", "--markdown", "\(folder.path)/report.md"])
    #expect(ended.status == 3 && ended.output.hasPrefix("newly failing, 6 cases:\n"))
    #expect(try ended.balance()["failed"] == 6)
    #expect(try folder.text("report.md").contains("❌ **newly failing: 6**"))
  }

  @Test func sinceMustBeAnotherJournalThatIsThere() throws {
    let folder = try TemporaryFolder()
    #expect(try Parley.run(["report", Self.journal, "--since", Self.journal]).status == 2)
    #expect(try Parley.run(["report", Self.journal, "--since", "\(folder.path)/no.jsonl"]).status == 3)
    let path = "\(folder.path)/run.jsonl"
    try Data(contentsOf: URL(fileURLWithPath: Self.journal)).write(to: URL(fileURLWithPath: path))
    let ended = try Parley.run(["run", "--journal", path, "--since", path] + Parley.greetings)
    #expect(ended.status == 2 && ended.errors.contains("--since is"))
    #expect(try folder.text("run.jsonl").hasPrefix("{"))
  }

  @Test func cutOffJournalGivesReportsThatSaySo() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.journal))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: "\(folder.path)/run.jsonl"))
    let ended = try Parley.run(["report", "\(folder.path)/run.jsonl"] + Self.everything(folder.path))
    #expect(ended.status == 130)
    for name in Self.names { #expect(try folder.text("report.\(name)").contains(/cut[ -]off/), "\(name)") }
  }

  @Test func journalOfAnotherVersionGivesNoReport() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: Self.journal)), as: UTF8.self)
    try text.replacing(/"version":[0-9]+/, with: "\"version\":99", maxReplacements: 1)
      .write(toFile: "\(folder.path)/run.jsonl", atomically: false, encoding: .utf8)
    let ended = try Parley.run(["report", "\(folder.path)/run.jsonl"] + Self.everything(folder.path))
    #expect(ended.status == 3 && ended.errors.contains("is a journal of version 99"))
    #expect(try Self.content(folder.path) == ["run.jsonl"])
  }
}
