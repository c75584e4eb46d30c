import Foundation
import Journal
import Testing

@Suite struct ReplayTests {
  static let name = "messages/unix+line/swift-python/greeting"

  @Test func untilFailureStopsAtTheFirstOfMany() throws {
    let words = [
      "--adapters", "swift,lies", "--adapter", Parley.fake("lies"), "messages/unix+line/swift-lies/greeting",
    ]
    let ended = try Parley.run(["run", "--repeat", "100", "--until-failure"] + words)
    #expect(ended.status == 1)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 100, failed: 1, notRun: 99))
    #expect(ended.output.contains("not run, 99 cases: the run stopped at the first failure\n"))
  }

  @Test func untilFailureGoesOnWhileNothingFails() throws {
    let ended = try Parley.run(["run", "--repeat", "20", "--until-failure", "--adapters", "swift,python", Self.name])
    #expect(ended.status == 0)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 20, passed: 20))
  }

  @Test(arguments: ["\n", ""])
  func attachPrintsBothProcessesAndGoesOn(_ input: String) throws {
    let ended = try Parley.run(
      ["run", "--attach", "--attach-stdin", "--adapters", "swift,python", Self.name], input: input)
    #expect(ended.status == 0)
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 1, passed: 1))
    let match = try #require(
      ended.errors.firstMatch(
        of: /writer swift, process (\d+): (?:gdb|lldb) -p \1\n  reader python, process (\d+): (?:gdb|lldb) -p \2\n/))
    #expect(match.1 != match.2)
    #expect(ended.errors.contains("Press Enter to go on, Ctrl-C to stop."))
  }

  @Test func attachWaitsOnATerminalUntilEnter() throws {
    // The terminal's other end types Enter when it is asked to, and not before.
    let script = """
      import os, pty, sys
      process, terminal = pty.fork()
      if process == 0:
          os.execv(sys.argv[1], sys.argv[1:])
      text = b""
      while True:
          try:
              more = os.read(terminal, 4096)
          except OSError:
              break
          if not more:
              break
          before, text = text, text + more
          if b"Press Enter" in text and b"Press Enter" not in before:
              assert b"planned" not in text
              for line in text.decode().splitlines():
                  if ", process " in line:
                      os.kill(int(line.split(", process ")[1].split(":")[0]), 0)
              os.write(terminal, b"\\n")
      sys.stdout.write(text.decode().replace("\\r", ""))
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
      """
    let ended = try Parley.run(
      ["run", "--attach", "--adapters", "swift,python", Self.name], environment: ["NO_COLOR": "1"],
      through: ["/usr/bin/env", "python3", "-c", script])
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    #expect(try ended.balance() == ExitStatusTests.counts(planned: 1, passed: 1))
  }

  @Test(arguments: [
    (["--attach", name], "standard input is no terminal; add --attach-stdin if it is meant."),
    (["--attach", "--attach-stdin", "messages/unix+line/*/greeting"], "these are 4 cases; name one"),
    (["--attach", "--attach-stdin", "--repeat", "3", name], "these are one case 3 times; name one, without --repeat."),
    (["--attach-stdin", name], "--attach-stdin goes with --attach."),
  ])
  func attachIsRefusedWhereItMakesNoSense(_ words: [String], _ problem: String) throws {
    let ended = try Parley.run(["run", "--adapters", "swift,python"] + words)
    #expect(ended.status == 2 && ended.output == "" && ended.errors.contains(problem), "\(ended.errors)")
  }

  @Test func keptWorkspaceIsThereWithItsFilesAndNothingRuns() throws {
    let name = "messages/fifo+multiprocessing/swift-python/greeting"
    let ended = try Parley.run(["run", "--keep", "--adapters", "swift,python", name])
    let path = try #require(
      ended.errors.firstMatch(of: /The workspace is kept: (\S+); remove it when you are done\./)?.1)
    let workspace = String(path)
    #expect(ended.status == 0 && workspace.contains("/parley."))
    let files = FileManager.default.subpaths(atPath: workspace) ?? []
    #expect(files.count > 1, "\(files)")
    #expect(Proc.all().allSatisfy { Proc.variable("TMPDIR", of: $0) != workspace })
    try FileManager.default.removeItem(atPath: workspace)
  }

  @Test func unkeptWorkspaceIsGone() throws {
    let ended = try Parley.run([
      "run", "--attach", "--attach-stdin", "--adapters", "swift,python", Self.name,
    ])
    let folder = try #require(ended.errors.firstMatch(of: /files: (\/\S+)\n/)?.1)
    #expect(!FileManager.default.fileExists(atPath: String(folder)))
    #expect(
      !FileManager.default.fileExists(atPath: String(folder.split(separator: "/").dropLast().joined(separator: "/"))))
  }
}
