import Foundation
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct AdapterBuildTests {
  /// Each build adds a line to a log, so that the builds can be counted.
  private let folder: TemporaryFolder
  private let manifest = AdapterManifest(
    name: "x", title: "X", needs: [],
    build: .init(command: ["sh", "build.sh"], inputs: ["build.sh", "source"], output: "out/program"),
    run: ["out/program"])

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("build.sh", "echo built >> log; cp source out/program")
    try folder.write("source", "one")
  }

  @Test func isNotDoneAgainForTheSameInputs() throws {
    try build()
    try build()
    #expect(try buildCount == 1)
  }

  @Test func isDoneAgainWhenAByteOfAnInputChanges() throws {
    try build()
    try folder.write("source", "onE")
    try build()
    #expect(try buildCount == 2)
    #expect(try String(contentsOfFile: "\(folder.path)/out/program", encoding: .utf8) == "onE")
  }

  @Test func isDoneAgainWhenTheOutputIsGone() throws {
    try build()
    try FileManager.default.removeItem(atPath: "\(folder.path)/out/program")
    try build()
    #expect(try buildCount == 2)
  }

  @Test func isDoneAgainWhenTheCommandChanges() throws {
    try build()
    var changed = manifest
    changed.build?.command = ["sh", "-x", "build.sh"]
    try AdapterBuild(manifest: changed, folder: folder.path).run { _ in }
    #expect(try buildCount == 2)
  }

  @Test func isDoneAgainAfterAFailure() throws {
    try build()
    try folder.write("source", "two")
    try folder.write("build.sh", "echo failed >> log; exit 1")
    #expect(throws: HarnessError.self) { try build() }
    #expect(throws: HarnessError.self) { try build() }
    #expect(try buildCount == 3)
  }

  @Test func tellsOfABuildOnlyWhenThereIsOne() throws {
    var told: [String] = []
    try AdapterBuild(manifest: manifest, folder: folder.path).run { told.append($0) }
    try AdapterBuild(manifest: manifest, folder: folder.path).run { told.append($0) }
    #expect(told == ["building x: sh build.sh"])
  }

  @Test func failureHasTheCompilersOutput() throws {
    try folder.write("build.sh", "echo 'source:1: syntax error' >&2; exit 7")
    #expect(throws: HarnessError("The build of x exited with status 7:\nsource:1: syntax error\n")) { try build() }
  }

  @Test func successWithoutOutputIsAFailure() throws {
    try folder.write("build.sh", "true")
    let error = try #require(throws: HarnessError.self) { try build() }
    #expect(error.description.contains("did not produce out/program; correct build.output"))
  }

  @Test func missingInputIsNamed() throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/source")
    let error = try #require(throws: HarnessError.self) { try build() }
    #expect(
      error.description == "\(folder.path)/adapter.yml: the build input source does not exist; correct build.inputs.")
  }

  private func build() throws { try AdapterBuild(manifest: manifest, folder: folder.path).run { _ in } }

  private var buildCount: Int {
    get throws { try String(contentsOfFile: "\(folder.path)/log", encoding: .utf8).split(separator: "\n").count }
  }
}
