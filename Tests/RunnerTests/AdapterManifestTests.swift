import Foundation
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct AdapterManifestTests {
  static let right = "name: ruby\ntitle: Ruby\nrun: [ruby, endpoint.rb]\n"

  @Test func smallestManifestIsRead() throws {
    #expect(
      try Self.manifest(Self.right)
        == AdapterManifest(name: "ruby", title: "Ruby", needs: [], build: nil, run: ["ruby", "endpoint.rb"]))
  }

  @Test func wholeManifestIsRead() throws {
    let manifest = try Self.manifest(
      Self.right + """
        needs:
          - {program: ruby, install: get ruby, real-path: [-e, where]}
        build: {command: [make], inputs: [a.c], output: a}
        """)
    #expect(manifest.needs == [.init(program: "ruby", install: "get ruby", realPath: ["-e", "where"])])
    #expect(manifest.build == .init(command: ["make"], inputs: ["a.c"], output: "a"))
  }

  @Test(arguments: [
    (right + "colour: red\n", ":4: unknown key \"colour\"; the keys are name, title, needs, "),
    (
      right + "build:\n  command: [make]\n  inputs: [a]\n  outputs: b\n",
      ":7: unknown key \"build.outputs\"; did you mean \"output\"? The keys are command, inputs, output."
    ),
    (
      right + "needs:\n  - program: ruby\n    instal: get ruby\n",
      ":6: unknown key \"needs.instal\"; did you mean \"install\"? The keys are program, install, real-path."
    ),
    ("title: Ruby\nrun: [ruby]\n", ":1: name is missing; interop/README.md shows a manifest."),
    ("name: ruby\ntitle: Ruby\n", ":1: run is missing; interop/README.md shows a manifest."),
    ("name: ruby\nrun: [ruby]\n", ":1: title is missing; interop/README.md shows a manifest."),
    (
      right + "build: {command: [make], inputs: [a]}\n",
      ":4: output is missing in build; interop/README.md shows a manifest."
    ),
    (
      "name: Ruby-3\ntitle: Ruby\nrun: [ruby]\n",
      ":1: the name \"Ruby-3\" is not of the form [a-z][a-z0-9._]*, such as \"ruby\"."
    ),
    ("name: ruby\ntitle: Ruby\nrun: []\n", ":3: run is empty; give the command that starts the endpoint."),
    (
      right + "build: {command: [make], inputs: [], output: a}\n",
      ":4: build needs a command and at least one input file."
    ),
    ("", ":1: this is empty or not a mapping; interop/README.md shows a manifest."),
    ("- name\n", ":1: this is empty or not a mapping; interop/README.md shows a manifest."),
  ])
  func mistakeIsToldWithItsPlaceAndTheCure(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("adapter.yml", text)
    let error = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: path) }
    #expect(error.description.hasPrefix(path + words))
  }

  @Test(arguments: [
    (
      "name: ruby\ntitle: Ruby\nrun: ruby endpoint.rb\n",
      ":3: run must be a list, such as [ruby, endpoint.rb]; it is the text \"ruby endpoint.rb\"."
    ),
    (
      right + "needs:\n  - {program: a, install: b}\n  - program: ruby\n",
      ":6: install is missing in entry 2 of needs; interop/README.md"
    ),
    (right + "needs: ruby\n", ":4: needs must be a list, such as [ruby]; "),
    (
      right + "needs: [ruby]\n",
      ":4: entry 1 of needs must have keys and values, such as {key: value}, and is the text \"ruby\"."
    ),
    ("name: [ruby]\ntitle: Ruby\nrun: [ruby]\n", ":1: name must be one text, and is a list."),
    (right + "needs:\n\t- program: ruby\n", ":5: this is not valid YAML: the line is indented with a tab; use spaces."),
    ("name: ruby\ntitle: Ruby\nrun: [ruby\n", ":4: this is not valid YAML: "),
    ("name: ruby\nname: perl\ntitle: Ruby\nrun: [ruby]\n", ":1: this is not valid YAML: the key name occurs twice."),
    ("name: ruby\ntitle: \u{1}\n", ":2: this is not valid YAML: "),
  ])
  func everyMistakeHasItsLine(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("adapter.yml", text)
    let error = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: path) }
    #expect(error.description.hasPrefix(path + words), "\(error)")
    #expect(error.isUsage)
  }

  @Test func missingManifestSaysWhatAFolderNeeds() {
    #expect(
      throws: HarnessError(
        "There is no file /nowhere/adapter.yml, which should be a manifest; interop/README.md shows one.", isUsage: true
      )
    ) { try AdapterManifest(contentsOf: "/nowhere/adapter.yml") }
  }

  @Test func manifestThatIsNoTextIsToldWithTheLine() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("adapter.yml", "")
    try Data(Array("name: ruby\ntitle: Rub".utf8) + [0xff, 0x0a]).write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: path) }
    #expect(error.description == "\(path):2: this line is not UTF-8 text; save the manifest as UTF-8.")
    let other = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: folder.path) }
    #expect(other.description.hasPrefix("\(folder.path) is a folder, and should be a manifest"))
  }

  private static func manifest(_ text: String) throws -> AdapterManifest {
    let folder = try TemporaryFolder()
    return try AdapterManifest(contentsOf: folder.write("adapter.yml", text))
  }
}
