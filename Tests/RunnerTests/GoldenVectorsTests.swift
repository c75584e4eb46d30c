import Foundation
import Journal
import Places
import Testing
import WireFormats

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct GoldenVectorsTests {
  @Test(arguments: Suite.allCases)
  func everyScenarioHasItsVectors(_ suite: Suite) throws {
    let vectors = try GoldenVectors.golden()
    for scenario in suite.scenarios {
      let channels = suite.channels(.full).filter(scenario.applies)
      #expect(!channels.isEmpty, "\(scenario.name) applies nowhere")
      for channel in channels {
        let phases = try scenario.phases(channel, vectors)
        #expect(!phases.isEmpty, "\(scenario.name) on \(channel)")
        for case .send(_, let message) in phases.flatMap(\.steps) where channel.codec == nil {
          let frame = try ExpectedFrame(message, in: channel, vectors)
          #expect(frame.payload.count == message.payload.count)
        }
      }
    }
  }

  @Test(arguments: Suite.allCases)
  func scenarioNamesAreUniqueAndFitCaseNames(_ suite: Suite) {
    let names = suite.scenarios.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(name)") }
  }

  @Test(arguments: [
    ("multiprocessing", "prefix: \"00000005\"", "prefix: \"00000105\"", 2, "length prefix of message 1, byte 2"),
    ("u32le", "prefix: \"05000000\"", "prefix: \"04000000\"", 0, "length prefix of message 1, byte 0"),
    ("netstring", "suffix: \"2c\"", "suffix: \"2e\"", 7, "end mark of message 1, byte 0"),
    ("line", "suffix: \"0a\"", "suffix: \"0d\"", 5, "end mark of message 1, byte 0"),
    ("varint", "prefix: \"05\"", "prefix: \"85\"", 0, "length prefix of message 1, byte 0"),
    ("content-length", "3a2035", "3a0935", 15, "length prefix of message 1, byte 15"),
  ])
  func changedByteOfAFrameIsFoundInBothThatAgree(
    _ framing: String, _ right: String, _ wrong: String, _ offset: Int, _ field: String
  ) throws {
    let copy = try Self.copy { folder in
      let path = "\(folder)/framings.yml"
      var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
      let section = try #require(lines.firstIndex(of: "\(framing):"))
      let line = try #require(lines[section...].firstIndex { $0.contains("{length: 5,") })
      try #require(lines[line].contains(right), "\(lines[line])")
      lines[line] = lines[line].replacing(right, with: wrong)
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    let trial = try Trial(["swift"], ["messages/unix+\(framing)/*/greeting"], vectors: copy.path)
    try Self.expectBoth(trial.failure("swift-swift", "greeting"), offset, field)
  }

  @Test func changedByteOfASlotIsFoundInBothThatAgree() throws {
    let copy = try Self.copy { folder in
      let path = "\(folder)/slots.yml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let image = try #require(text.range(of: "6d73672031000000"))
      try text.replacingCharacters(in: image, with: "6d73672031000001")
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    let trial = try Trial(["swift"], ["slot/file-slot+none/*/image"], vectors: copy.path)
    try Self.expectBoth(trial.failure("swift-swift", "image"), 7, "file, byte 7")
  }

  @Test func missingFrameIsTheHarnessesFaultAndNamesTheFile() throws {
    let copy = try Self.copy { folder in
      let path = "\(folder)/framings.yml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.components(separatedBy: "\n").filter { !$0.contains("{length: 5,") }.joined(separator: "\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    let failure = try Trial(["swift"], ["messages/unix+line/*/greeting"], vectors: copy.path)
      .failure("swift-swift", "greeting")
    #expect(failure.blame == .harness)
    #expect(failure.seen == "interop/vectors/framings.yml has no line frame of length 5; add it.")
  }

  @Test func folderWithoutVectorsIsNamed() {
    #expect(throws: HarnessError("Cannot read /nowhere/framings.yml; the vectors are part of the repository.")) {
      try GoldenVectors(folder: "/nowhere")
    }
  }

  private static func expectBoth(_ failure: Failure, _ offset: Int, _ field: String) throws {
    #expect(failure.blame == .both && failure.blamed == ["swift (writer)", "swift (reader)"])
    #expect(failure.seen.contains("against the vector"))
    #expect(failure.difference?.offset == offset && failure.difference?.field == field)
  }

  private static func copy(_ change: (String) throws -> Void) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: Here.vectors) {
      try FileManager.default.copyItem(atPath: "\(Here.vectors)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    try change(copy.path)
    return copy
  }
}
