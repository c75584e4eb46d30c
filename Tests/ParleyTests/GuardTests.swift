#if os(Linux)
import Foundation
import Testing

/// Nothing of a run stays, whoever is killed.
@Suite struct GuardTests {
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
  func guardDoesNotObeyWhileItsRunLives(_ signal: Int32) throws {
    let run = try RunUnderWay(InterruptionTests.longRun)
    try #require(kill(Self.guardian(of: run.id), signal) == 0)
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    #expect(run.leavesNothing())
  }

  @Test func laterRunSweepsUpAfterARunThatWasKilledWithItsGuard() throws {
    let run = try RunUnderWay(InterruptionTests.longRun)
    kill(try Self.guardian(of: run.id), SIGKILL)
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    #expect(FileManager.default.fileExists(atPath: run.folder))
    try #require(try Parley.run(["run"] + Parley.greetings).status == 0)
    #expect(run.leavesNothing())
  }

  @Test func runThatLivesIsNotSweptAway() throws {
    let run = try RunUnderWay(InterruptionTests.longRun)
    try #require(try Parley.run(["run"] + Parley.greetings).status == 0)
    #expect(FileManager.default.fileExists(atPath: run.folder))
    run.send(SIGINT)
    let ended = try run.ended()
    #expect(try ended.status == 130 && ended.balance()["failed"] == 0)
  }

  /// A process that left its session, its parent and its environment behind.
  @Test func strayEndsWithItsRun() throws {
    let adapter = try StrayAdapter()
    let ended = try Parley.run(["run", "--adapters", "stray", "messages/unix+line/*/greeting"] + adapter.words)
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    #expect(Proc.isGone(try adapter.stray()))
  }

  @Test func strayEndsWithAKilledRun() throws {
    let adapter = try StrayAdapter()
    let run = try RunUnderWay(
      ["--repeat", "400", "--adapters", "stray", "messages/unix+line/stray-stray/greeting"] + adapter.words)
    let stray = try adapter.stray()
    let guardian = try Self.guardian(of: run.id)
    // The guard looks at the run's processes now and then; each look ends a wait.
    let before = try Self.waits(of: guardian)
    while try Self.waits(of: guardian) < before + 2 { usleep(5000) }
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    #expect(run.leavesNothing())
    #expect(Proc.isGone(stray))
  }

  private static func guardian(of run: pid_t) throws -> pid_t {
    try #require(Proc.children(of: run).first { Proc.commandLine(of: $0).contains("\0guard\0") })
  }

  private static func waits(of process: pid_t) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    return try #require(status.firstMatch(of: /\nvoluntary_ctxt_switches:\t(\d+)/).flatMap { Int($0.1) })
  }
}

/// An adapter whose endpoint starts a process that nothing ties to it.
private final class StrayAdapter {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try "name: stray\ntitle: Stray\nrun: [./start]\n".write(
      toFile: "\(folder.path)/adapter.yml", atomically: true, encoding: .utf8)
    let script = """
      #!/bin/sh
      # Only the first of the run's endpoints.
      if mkdir "$TMPDIR/once" 2>/dev/null; then
        (env -i /usr/bin/setsid /bin/sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000 </dev/null >/dev/null 2>&1' &)
      fi
      exec python3 -E -S \(Parley.repository)/interop/python/endpoint.py

      """
    try script.write(toFile: "\(folder.path)/start", atomically: true, encoding: .utf8)
    chmod("\(folder.path)/start", 0o755)
  }

  var words: [String] { ["--adapter", folder.path] }

  func stray() throws -> pid_t { try #require(Proc.id(in: "\(folder.path)/pid")) }
}
#endif
