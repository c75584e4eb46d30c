import Foundation
import Testing

/// Builds belong to a run: several first runs share one, and it ends with its run.
@Suite struct FirstRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func fiveFirstRunsAtOnceAreGreen() throws {
    // Slow enough for the runs to meet, and a program that is written to while it runs cannot be started.
    let build = "cat /dev/null >out/program; chmod +x out/program; for i in 1 2 3; do ls -R /usr/lib >/dev/null; done"
    try write(
      "adapter.yml",
      """
      name: x
      title: X
      build:
        command: [sh, -c, "\(build); cp \(Parley.program)-endpoint out/program"]
        inputs: [adapter.yml]
        output: out/program
      run: [out/program]

      """)
    let words = ["run", "--adapters", "x", "--adapter", folder.path, "messages/unix+line/*/greeting"]
    let runs = try (0..<5).map { _ in try ParleyRun(words) }
    let ended = try runs.map { try $0.ended() }
    for one in ended { #expect(one.status == 0, "\(one.output)\(one.errors)") }
    #expect(ended.count { $0.errors.contains("parley: building x: ") } == 1)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruptEndsABuild(_ signal: Int32) throws {
    let (run, build) = try runThatBuilds()
    run.send(signal)
    let ended = try run.ended()
    #expect(ended.status == 130 && ended.output == "")
    #expect(ended.errors.contains("parley: Interrupted during "), "\(ended.errors)")
    #expect(Proc.isGone(build))
  }

  @Test func killedRunTakesItsBuildAlong() throws {
    let (run, build) = try runThatBuilds()
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    #expect(Proc.isGone(build))
  }

  /// A run in the middle of its build, and the build's process.
  private func runThatBuilds() throws -> (ParleyRun, pid_t) {
    try write(
      "adapter.yml",
      """
      name: x
      title: X
      build:
        command: [sh, -c, "echo $$ >pid.new; mv pid.new pid; exec sleep 1000"]
        inputs: [adapter.yml]
        output: program
      run: [program]

      """)
    let run = try ParleyRun(["run", "--adapters", "x", "--adapter", folder.path])
    return (run, try #require(Proc.id(in: "\(folder.path)/pid")))
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
  }
}

extension Proc {
  /// The process id in a file; nil if the file does not come.
  static func id(in path: String) -> pid_t? {
    for _ in 0..<12_000 {
      if let text = try? String(contentsOfFile: path, encoding: .utf8), let id = pid_t(text.dropLast()) { return id }
      usleep(5000)
    }
    return nil
  }

  /// Whether a process has ended, or soon will have.
  static func isGone(_ process: pid_t) -> Bool {
    for _ in 0..<4000 {
      if kill(process, 0) != 0 { return true }
      usleep(5000)
    }
    return false
  }
}
