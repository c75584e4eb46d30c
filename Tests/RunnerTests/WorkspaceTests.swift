import Foundation
import Places
import Testing

@testable import Cases
@testable import Runner

@Suite struct WorkspaceTests {
  private let base: TemporaryFolder

  init() throws { base = try TemporaryFolder() }

  @Test func abandonedOneIsSweptAway() throws {
    let path = try folder("parley.abcdefg1")
    try base.write("parley.abcdefg1/0-1/payload", "x")
    Workspace.sweep(in: base.path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func oneThatIsInUseStays() throws {
    let workspace = try #require(try Workspace("\(base.path)/parley.abcdefg2"))
    Workspace.sweep(in: base.path)
    #expect(FileManager.default.fileExists(atPath: workspace.path))
    workspace.remove()
    #expect(!FileManager.default.fileExists(atPath: workspace.path))
  }

  @Test func nothingElseIsTouched() throws {
    let others = try [
      folder("parley.ABCDEFG3"), folder("parley.abcdefg"), folder("parley.abcdefgh4"), folder("parleyxabcdefg5"),
      folder("parley.abcdefg6", mode: 0o755), base.write("parley.abcdefg7", "a file"),
    ]
    let elsewhere = try folder("elsewhere")
    let link = "\(base.path)/parley.abcdefg8"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: elsewhere)
    Workspace.sweep(in: base.path)
    for path in others + [elsewhere, link] { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
  }

  #if os(Linux)
  @Test(.enabled(if: geteuid() == 0))
  func anotherUsersIsNotTouched() throws {
    let path = try folder("parley.abcdefg9")
    try #require(chown(path, 65534, 65534) == 0)
    Workspace.sweep(in: base.path)
    #expect(FileManager.default.fileExists(atPath: path))
  }
  #endif

  @Test func pathThatExistsIsNotTaken() throws {
    #expect(try Workspace(folder("parley.abcdefg0")) == nil)
  }

  @Test func sweepKillsWhatIsLeftOfTheRun() throws {
    let path = try folder("parley.orphaned")
    // Many, because a process that has just been started has no environment yet for a moment.
    for _ in 0..<50 {
      let process = try ChildProcess(
        ["/bin/sleep", "1000"], descriptors: [], environment: [Guard.variable: "orphaned"], directory: nil)
      Guard.sweep(mark: "orphaned")
      #expect(process.wait(seconds: 60) == .killed(signal: SIGKILL))
    }
    Workspace.sweep(in: base.path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  private func folder(_ name: String, mode: mode_t = 0o700) throws -> String {
    let path = "\(base.path)/\(name)"
    try #require(mkdir(path, mode) == 0 && chmod(path, mode) == 0)
    return path
  }
}
