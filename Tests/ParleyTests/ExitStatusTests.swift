import Testing

@Suite struct ExitStatusTests {
  @Test func isZeroWhenEverythingIsAsExpected() throws {
    let ended = try Parley.run(["run"] + Parley.greetings)
    #expect(ended.status == 0 && ended.errors == "")
    #expect(try ended.balance() == Self.counts(planned: 4, passed: 4))
  }

  @Test func isOneWhenACaseFails() throws {
    let ended = try Parley.run([
      "run", "--adapters", "swift,lies", "--adapter", Parley.fake("lies"), "messages/unix+line/swift-*/greeting",
    ])
    #expect(ended.status == 1)
    #expect(try ended.balance() == Self.counts(planned: 2, passed: 1, failed: 1))
    #expect(ended.output.contains("FAILED messages/unix+line/swift-lies/greeting\n  blame     reader: lies (reader)\n"))
  }

  @Test(arguments: [
    (["run", "--colour"], "Unknown option '--colour'"), (["dance"], "dance"), (["report"], "Missing expected argument"),
    (["run", "--adapters", "swift", "nothing/**"], "No case fits \"nothing/**\""),
    (["run", "--jobs", "0"], "--jobs is 0; give 1 to 64."), (["run", "--jobs", "two"], "two"),
    (["run", "--repeat", "0"], "--repeat is 0; give 1 to 1000000."), (["run", "--timeout", "0"], "--timeout is 0.0"),
    (["run", "--quick", "--full"], "--quick and --full exclude each other."),
    (
      ["run", "--adapters", "swift", "--with", "cobol"],
      "--with names \"cobol\", which is no adapter; there are swift."
    ),
    (["run", "--adapters", "cobol"], "There is no adapter \"cobol\"; there are "),
    (["run", "--adapter", "/nowhere"], "--adapter /nowhere: there is no folder /nowhere; parley adapter new"),
    (["run", "--adapter", "/usr"], "--adapter /usr has no adapter.yml; interop/README.md shows one."),
    (
      ["run", "--adapter", Parley.fake("lies"), "--adapter", Parley.fake("lies") + "/."],
      "/lies/. is given twice; give each folder once."
    ),
    (
      ["run", "--adapter", Parley.fake("lies") + "/adapter.yml"],
      "/lies/adapter.yml is a file; give the folder that has the adapter.yml: "
    ),
    (["drive", "x", "--adapter", "/nowhere"], "--adapter /nowhere: there is no folder /nowhere;"),
    (
      ["adapter", "check", Parley.fake("lies") + "/adapter.yml"],
      "is a file; give the folder that has the adapter.yml: "
    ),
    (
      ["run", "--adapter", "\(Parley.repository)/interop/python"],
      "interop/python and \(Parley.repository)/interop/python are both named python; rename one."
    ),
    (["run", "--example", "/nowhere.yml"], "There is no file /nowhere.yml, which should be a declaration;"),
    (["drive", "cobol"], "There is no adapter \"cobol\"; there are "),
  ])
  func isTwoForWrongUsage(_ arguments: [String], _ words: String) throws {
    let ended = try Parley.run(arguments)
    #expect(ended.status == 2 && ended.output == "")
    #expect(ended.errors.contains(words), "\(ended.errors)")
  }

  @Test(arguments: [
    (
      ["run", "--journal", "/nowhere/run.jsonl"],
      "Cannot write the journal /nowhere/run.jsonl: No such file or directory."
    ),
    (["run", "--journal", "/dev/full"], "Cannot write the journal /dev/full: No space left on device."),
    (["report", "/nowhere/run.jsonl"], "Cannot read the journal /nowhere/run.jsonl"),

    (["report", "/etc/passwd"], "Line 1 of /etc/passwd is no event"),
  ])
  func isThreeWhenTheHarnessCannotWork(_ arguments: [String], _ words: String) throws {
    let ended = try Parley.run(arguments + (arguments[0] == "run" ? Parley.greetings : []))
    #expect(ended.status == 3 && ended.output == "")
    #expect(ended.errors.contains("parley: \(words)"), "\(ended.errors)")
  }

  @Test func isThreeWhereThereIsNoRepository() throws {
    let ended = try Parley.run(["list"], environment: ["PARLEY_INTEROP": "/nowhere"])
    #expect(ended.status == 3)
    #expect(ended.errors.contains("PARLEY_INTEROP is /nowhere, and there is no PROTOCOL.md in it"))
  }

  static func counts(planned: Int, passed: Int = 0, failed: Int = 0, unsupported: Int = 0, notRun: Int = 0) -> [String:
    Int]
  {
    [
      "planned": planned, "passed": passed, "failed": failed, "expected": 0, "unexpected": 0,
      "unsupported": unsupported, "not run": notRun,
    ]
  }
}
