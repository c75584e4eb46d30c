import Foundation
import Places
import Synchronization
import Testing

@testable import Cases
@testable import Runner

/// Several runs in one clone build an adapter's program once, and never write to one that runs.
@Suite struct SharedBuildTests {
  private let folder: TemporaryFolder
  private let manifest = AdapterManifest(
    name: "x", title: "X", needs: [],
    build: .init(
      command: ["sh", "-c", "echo built >>log; cp source out/program"], inputs: ["source"], output: "out/program"),
    run: ["out/program"])

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: "\(folder.path)/source")
  }

  @Test func buildsAtOnceAreOneBuild() throws {
    let failures = Mutex<[String]>([])
    let build = AdapterBuild(manifest: manifest, folder: folder.path)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do { try build.run { _ in } } catch { failures.withLock { $0.append("\(error)") } }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(try String(contentsOfFile: "\(folder.path)/log", encoding: .utf8) == "built\n")
  }

  @Test func programThatRunsCanBeBuiltAnew() throws {
    try build()
    let program = try ChildProcess(
      ["\(folder.path)/out/program", "1000"], descriptors: [], environment: [:], directory: nil)
    let source = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/source"))
    try source.seekToEnd()
    try source.write(contentsOf: Data([0]))
    try source.close()
    try build()
    #expect(program.wait(seconds: 0) == nil)
    #expect(
      FileManager.default.contentsEqual(atPath: "\(folder.path)/source", andPath: "\(folder.path)/out/program"))
  }

  @Test func waitingRunSaysWhatItWaitsFor() throws {
    try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: true)
    var lock: BuildLock? = try BuildLock("\(folder.path)/out/program.lock", seconds: 1) {}
    var told: [String] = []
    try AdapterBuild(manifest: manifest, folder: folder.path).run { sentence in
      told.append(sentence)
      lock = nil
    }
    withExtendedLifetime(lock) {}
    #expect(told.first == "waiting for another run, which builds x" && told.count == 2)
  }

  @Test func waitForALockEnds() throws {
    let path = "\(folder.path)/lock"
    let lock = try BuildLock(path, seconds: 1) {}
    let error = #expect(throws: HarnessError.self) { try BuildLock(path, seconds: 0.05) {} }
    #expect(error?.isTimeOut == true && error?.description.contains(path) == true)
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: [
    (["cc", "-o", ".build/endpoint", "endpoint.c"], ["cc", "-o", ".build/.endpoint.new/endpoint", "endpoint.c"]),
    (["mcs", "-out:.build/endpoint"], ["mcs", "-out:.build/.endpoint.new/endpoint"]),
    (
      ["sh", "-c", "cp a .build/endpoint; strip '.build/endpoint'"],
      ["sh", "-c", "cp a .build/.endpoint.new/endpoint; strip '.build/.endpoint.new/endpoint'"]
    ),
  ])
  func outputIsWrittenAside(_ command: [String], _ expected: [String]) {
    #expect(BuildFiles(folder: "/x", output: ".build/endpoint").asideCommand(command) == expected)
  }

  @Test(arguments: ["make", ".build/endpoint.c", "x/.build/endpoint", ".build/endpoints", ".build/endpoint/x"])
  func otherPathsStay(_ word: String) {
    #expect(BuildFiles(folder: "/x", output: ".build/endpoint").asideCommand(["cc", word]) == nil)
  }

  @Test func nothingIsLeftAside() throws {
    try build()
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out").sorted()
    #expect(left == ["program", "program.inputs", "program.lock"])
  }

  private func build() throws { try AdapterBuild(manifest: manifest, folder: folder.path).run { _ in } }
}
