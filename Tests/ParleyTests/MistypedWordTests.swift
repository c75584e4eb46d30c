import Testing

@Suite struct MistypedWordTests {
  @Test(arguments: [
    (["rnu"], "parley has no subcommand \"rnu\"; did you mean \"run\"? There are run, list, "),
    (["adapter", "chek"], "parley adapter has no subcommand \"chek\"; did you mean \"check\"?"),
    (["baseline", "updat"], "parley baseline has no subcommand \"updat\"; did you mean \"update\"?"),
    (["plan", "mesages"], "No case fits \"mesages\": there is no suite \"mesages\"; did you mean \"messages\"?"),
    (["plan", "**/greting"], "there is no scenario \"greting\"; did you mean \"greeting\"?"),
    (["plan", "messages/unix+line/swift-pyton"], "there is no adapter \"pyton\"; did you mean \"python\"?"),
    (["plan", "{mesages,refusals}"], "In \"{mesages,refusals}\": there is no suite \"mesages\"; did you mean"),
    (["plan", "--with", "swfit"], "--with names \"swfit\", which is no adapter; did you mean \"swift\"?"),
    (["plan", "--adapters", "pyhton"], "There is no adapter \"pyhton\"; did you mean \"python\"?"),
    (["merge", "a.jsonl", "--outptu", "b.jsonl"], "Unknown option '--outptu'. Did you mean '--output'?"),
    (["merge", "a.jsonl"], "There is no -o; give the path of the journal to write."),
    (["drive", "pyhton"], "There is no adapter \"pyhton\"; did you mean \"python\"?"),
    (["run", "--adapters", "swift", "--require", "swfit"], "of this run; did you mean \"swift\"?"),
    (["plan", "--quick", "**/size-65536"], "No case fits \"**/size-65536\" with --quick; without, "),
    (["plan", "notes/alone", "--with", "swift"], "the conversations that fit are alone, so no adapter takes part"),
  ])
  func getsTheNearestRightOne(_ arguments: [String], _ words: String) throws {
    let ended = try Parley.run(arguments)
    #expect(ended.status == 2 && ended.output == "")
    #expect(ended.errors.contains(words), "\(ended.errors)")
  }

  @Test(arguments: [
    (["run", "--adapters", "swift", "nothing"], "parley run [<glob> ...] [options]", "parley run --help"),
    (["baseline", "rename"], "parley baseline <subcommand>", "parley baseline --help"),
    (["adapter", "new", "x", "--template", "nothing"], "parley adapter new <name> ", "parley adapter new --help"),
  ])
  func usageIsThatOfTheCommand(_ arguments: [String], _ usage: String, _ help: String) throws {
    let ended = try Parley.run(arguments)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("Usage: \(usage)") && ended.errors.contains("See '\(help)'"), "\(ended.errors)")
  }

  @Test func withMayBeRepeated() throws {
    let ended = try Parley.run([
      "list", "--adapters", "swift,python,c", "--with", "python", "--with", "c", "messages/unix+line/*/greeting",
    ])
    let pairs = Set(ended.lines.compactMap { $0.split(separator: "/").dropFirst(2).first })
    #expect(
      pairs == ["c-c", "c-python", "c-swift", "python-c", "python-python", "python-swift", "swift-c", "swift-python"])
  }

  @Test func suitesAreListed() throws {
    let ended = try Parley.run(["list", "--suites", "--adapters", "swift"])
    #expect(ended.status == 0 && ended.output.hasPrefix("suite"))
    for suite in ["messages", "refusals", "values", "notes"] {
      #expect(ended.lines.contains { $0.hasPrefix("\(suite) ") }, "\(ended.output)")
    }
  }

  @Test func prefixOfPartsListsWhatIsBelow() throws {
    let part = try Parley.run(["list", "--adapters", "swift", "messages/unix+line"])
    let glob = try Parley.run(["list", "--adapters", "swift", "messages/unix+line/**"])
    #expect(part.status == 0 && part.output == glob.output && part.lines.count > 10)
  }
}
