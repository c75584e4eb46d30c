import Foundation
import Testing

/// The program does its work wherever it is started, and whoever listens to it.
@Suite struct SurroundingsTests {
  @Test(arguments: [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
  func closedDescriptorsDoNotMatter(_ redirection: String) throws {
    let ended = try Parley.run(
      ["run"] + Parley.greetings, through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" \(redirection)"])
    #expect(ended.status == 0 && ended.errors == "")
    if !redirection.contains(" >&-"), redirection != ">&-" {
      #expect(try ended.balance() == ExitStatusTests.counts(planned: 4, passed: 4))
    }
  }

  @Test(arguments: ["1", "2"])
  func readerThatWentAwayDoesNotMatter(_ number: String) throws {
    // A FIFO that was open for both and then for nobody is a pipe whose reader is gone.
    let script = """
      import os, signal, sys
      reader, writer = os.pipe()
      os.close(reader)
      os.dup2(writer, int(sys.argv[1]))
      signal.signal(signal.SIGPIPE, signal.SIG_DFL)
      os.execv(sys.argv[2], sys.argv[2:])
      """
    let python = ["/usr/bin/env", "python3", "-c", script, number]
    let good = try Parley.run(["run"] + Parley.greetings, through: python)
    #expect(good.status == 0)
    let bad = try Parley.run(["run", "--jobs", "0"], through: python)
    #expect(bad.status == 2)
  }

  @Test func worksFromAnotherFolderWithARelativeAdapter() throws {
    let ended = try Parley.run(
      ["run", "--adapters", "swift,slow", "--adapter", "slow", "messages/unix+line/*/greeting"],
      in: Parley.fake("slow") + "/..")
    #expect(ended.status == 0)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 4, passed: 4))
  }

  @Test(.enabled(if: Parley.program.hasPrefix(Parley.repository)))
  func findsTheRepositoryAboveItself() throws {
    let ended = try Parley.run(["run"] + Parley.greetings, environment: ["PARLEY_INTEROP": ""])
    #expect(ended.status == 0)
  }

  @Test func relativeInteropFolderWorksForAProgramInAnAdaptersFolder() throws {
    let folder = try TemporaryFolder()
    let interop = "\(folder.path)/interop"
    for name in ["PROTOCOL.md", "vectors"] {
      try FileManager.default.createDirectory(atPath: interop, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(interop)/\(name)", withDestinationPath: "\(Parley.repository)/interop/\(name)")
    }
    try FileManager.default.createDirectory(atPath: "\(interop)/x", withIntermediateDirectories: true)
    try "name: x\ntitle: X\nrun: [./start]\n".write(
      toFile: "\(interop)/x/adapter.yml", atomically: true, encoding: .utf8)
    try "#!/bin/sh\nexec python3 -E -S \(Parley.repository)/interop/python/endpoint.py\n".write(
      toFile: "\(interop)/x/start", atomically: true, encoding: .utf8)
    chmod("\(interop)/x/start", 0o755)
    let ended = try Parley.run(
      ["run", "messages/unix+line/*/greeting"], in: folder.path, environment: ["PARLEY_INTEROP": "interop"])
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
  }

  @Test func twoRunsDoNotDisturbEachOther() throws {
    let words = ["run", "--adapters", "swift,python", "messages/*/swift-python/greeting"]
    let runs = try [ParleyRun(words), ParleyRun(words)]
    for run in runs { #expect(try run.ended().status == 0) }
  }

  @Test(arguments: [[:], ["NO_COLOR": "1"], ["CI": "true"], ["TERM": "dumb"]])
  func noProgressLineWhereNobodyLooks(_ environment: [String: String]) throws {
    let wrapper = environment.isEmpty ? [] : Self.terminal
    let ended = try Parley.run(["run"] + Parley.greetings, environment: environment, through: wrapper)
    #expect(ended.status == 0 && ended.errors == "" && !ended.output.contains("\u{1b}"))
  }

  @Test func progressLineAppearsOnATerminalAndGoes() throws {
    let ended = try Parley.run(["run"] + Parley.greetings, through: Self.terminal)
    #expect(ended.status == 0)
    #expect(ended.output.contains(/\r\u{1b}\[K[1-4]\/4  messages\/unix\+line\//), "\(ended.output)")
    let afterwards = try #require(ended.output.components(separatedBy: "\r\u{1b}[K").last)
    #expect(afterwards.hasPrefix("channel") && !afterwards.contains("\u{1b}"))
  }

  @Test func runWithoutATerminalSaysNowAndThenHowFarItIs() throws {
    let ended = try Parley.run(
      ["run", "--repeat", "200"] + Parley.greetings, environment: ["PARLEY_PROGRESS_SECONDS": "0.01", "CI": "true"])
    #expect(ended.status == 0)
    #expect(
      ended.errors.contains(/parley: \d+ of 800 cases after \d+ s, the last messages\/unix\+line\/.+\/greeting\n/))
  }

  @Test func startMayTakeLongerThanACommand() throws {
    let folder = try TemporaryFolder()
    let endpoint = "\(Parley.repository)/interop/python/endpoint.py"
    try "name: late\ntitle: X\nrun: [sh, -c, 'sleep 3; exec python3 -E -S \(endpoint)']\n".write(
      toFile: "\(folder.path)/adapter.yml", atomically: true, encoding: .utf8)
    let ended = try Parley.run([
      "run", "--adapters", "late", "--adapter", folder.path, "--timeout", "2", "messages/unix+line/late-late/greeting",
    ])
    #expect(ended.status == 0, "\(ended.output)")
  }

  /// Gives the program a terminal for its standard streams, and prints what comes out of it.
  private static let terminal = [
    "/usr/bin/env", "python3", "-c",
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
  ]
}
