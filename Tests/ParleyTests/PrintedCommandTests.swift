import Foundation
import Journal
import Testing

/// What is printed as a command runs that command and nothing else.
@Suite struct PrintedCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func nameThatARuntimePrintsIsChecked() throws {
    let place = "\(folder.path)/hostile"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try """
    name: hostile
    title: Hostile
    needs:
      - program: python3
        install: "true"
    runtimes:
      programs: [python3]
      name: [-c, "print(\\"a'; touch \(folder.path)/x; echo \\\\u202e'\\")"]
    run: [python3, -E, -S, \(Parley.repository)/interop/python/endpoint.py]

    """.write(toFile: "\(place)/adapter.yml", atomically: true, encoding: .utf8)
    let ended = try Parley.run(
      ["run", "--runtimes", "--adapter", place, "--adapters", "hostile", "messages/unix+line/**"])
    #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
    #expect(ended.output.contains("which is not of the form [a-z][a-z0-9._]*"), "\(ended.output)")
    #expect(!ended.output.unicodeScalars.contains("\u{202e}"))
    #expect(!ended.commands.isEmpty && ended.commands.allSatisfy { !$0.contains("touch") }, "\(ended.commands)")
  }

  @Test func pathsWithBlanksAndQuotesCanBeCopied() throws {
    let place = "\(folder.path)/a b; touch x; 'c"
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: Parley.fake("lies"))
    let name = "messages/unix+line/swift-lies/greeting"
    let ended = try Parley.run(["run", "--adapter", place, "--adapters", "swift,lies", name])
    #expect(ended.status == 1)
    let command = try #require(ended.commands.first)
    let again = try Parley.shell(command, in: folder.path)
    #expect(again.status == 1 && again.output.contains("FAILED \(name)\n"), "\(command) \(again.output)\(again.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func againAddsTheAdaptersOfItsPairAlone() throws {
    let (lies, markup) = (Parley.fake("lies"), Parley.fake("markup"))
    let ended = try Parley.run([
      "run", "--adapter", markup, "--adapter", lies, "--adapters", "swift,lies,markup", "--fresh",
      "messages/unix+line/*/greeting",
    ])
    #expect(ended.status == 1)
    var pairs: Set<Substring> = []
    for command in ended.commands {
      let pair = command.split(separator: "/").dropLast().last ?? ""
      pairs.insert(pair)
      let folders = [lies, markup].filter { command.contains(" --adapter \($0) ") }
      let wanted = [lies, markup].filter { pair.contains($0.split(separator: "/").last ?? "") }
      #expect(folders == wanted && command.contains(" --fresh 'messages/"), "\(command)")
    }
    #expect(pairs.isSuperset(of: ["swift-lies", "lies-markup"]), "\(pairs)")
  }

  @Test func journalAndJUnitKeepWhatChoseTheCases() throws {
    let (journal, junit) = ("\(folder.path)/run.jsonl", "\(folder.path)/run.xml")
    let chosen = ["--adapters", "swift,python", "--with", "swift", "--quick"]
    let globs = ["messages/unix+line/**", "messages/{fifo,pipe}+multiprocessing/*/*"]
    let ended = try Parley.run(["run"] + chosen + ["--journal", journal, "--junit", junit] + globs)
    #expect(ended.status == 0, "\(ended.errors)")
    let words = chosen + globs.map { "'\($0)'" }
    let command = "\(Parley.program) run \(words.joined(separator: " "))"
    var seen = ""
    _ = try JournalFile.read(journal) { if case .runStarted(let start) = $0 { seen = start.command } }
    #expect(seen == command)
    let xml = try folder.text("run.xml").replacing("&apos;", with: "'").replacing("&#39;", with: "'")
    #expect(xml.contains("name=\"command\" value=\"\(command)\""))
    let again = try Parley.shell(seen, in: folder.path)
    #expect(again.lines.last == ended.lines.last)
  }

  @Test func hostileJournalHasNoSecondCommand() throws {
    let name = "messages/unix+line/swift-lies/greeting"
    let journal = "\(folder.path)/run.jsonl"
    _ = try Parley.run([
      "run", "--adapter", Parley.fake("lies"), "--adapters", "swift,lies", "--journal", journal, name,
    ])
    let file = try JournalFile(creating: "\(folder.path)/hostile.jsonl")
    _ = try JournalFile.read(journal) { event in
      guard case .runStarted(var start) = event else { return try file.append(event) }
      (start.command, start.rerun) = ("parley run; touch x", nil)
      try file.append(.runStarted(start))
    }
    let reports = ["--junit", "a.xml", "--json", "a.json", "--html", "a.html", "--markdown", "a.md", "--github"]
    let ended = try Parley.run(["report", "hostile.jsonl"] + reports, in: folder.path)
    #expect(ended.status == 1)
    #expect(ended.commands.allSatisfy { $0 == "parley run '\(name)'" } && !ended.commands.isEmpty, "\(ended.output)")
    for report in ["a.xml", "a.json", "a.md"] { #expect(try !folder.text(report).contains("touch x"), "\(report)") }
    #expect(try folder.text("a.html").contains("\"commands\":[\"parley run\"]"))
  }

  @Test func checkOfAnAdapterQuotesItsPath() throws {
    let place = "\(folder.path)/a b"
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: Parley.fake("lies"))
    let ended = try Parley.run(["adapter", "check", place])
    #expect(ended.status == 1)
    #expect(try #require(ended.commands.first).contains("'\(place)'"), "\(ended.output)")
  }
}

extension Ended {
  /// The commands that run cases again.
  fileprivate var commands: [String] {
    let label = "  again     "
    return lines.filter { $0.hasPrefix(label) }.map { String($0.dropFirst(label.count)) }
  }
}

extension Parley {
  /// Runs a command as somebody does who copied it.
  fileprivate static func shell(_ command: String, in folder: String) throws -> Ended {
    try run([], in: folder, through: ["/bin/sh", "-c", command])
  }
}
