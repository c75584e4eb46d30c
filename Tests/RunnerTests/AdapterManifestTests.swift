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
      ":7: unknown key \"build.outputs\"; the keys are command, inputs, output."
    ),
    (
      right + "needs:\n  - program: ruby\n    instal: get ruby\n",
      ":6: unknown key \"needs.instal\"; the keys are program, install, real-path."
    ),
    ("title: Ruby\nrun: [ruby]\n", ": name is missing; interop/README.md shows a manifest."),
    ("name: ruby\ntitle: Ruby\n", ": run is missing; interop/README.md shows a manifest."),
    ("name: ruby\nrun: [ruby]\n", ": title is missing; interop/README.md shows a manifest."),
    (
      right + "build: {command: [make], inputs: [a]}\n",
      ": build.output is missing; interop/README.md shows a manifest."
    ),
    (
      "name: Ruby-3\ntitle: Ruby\nrun: [ruby]\n",
      ": the name \"Ruby-3\" is not of the form [a-z][a-z0-9._]*, such as \"ruby\"."
    ),
    ("name: ruby\ntitle: Ruby\nrun: []\n", ": run is empty; give the command that starts the endpoint."),
    (
      right + "build: {command: [make], inputs: [], output: a}\n",
      ": build needs a command and at least one input file."
    ),
    ("", " is empty or not a mapping; interop/README.md shows a manifest."),
    ("- name\n", " is empty or not a mapping; interop/README.md shows a manifest."),
  ])
  func mistakeIsToldWithItsPlaceAndTheCure(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("adapter.yml", text)
    let error = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: path) }
    #expect(error.description.hasPrefix(path + words))
  }

  @Test(arguments: [
    ("name: ruby\ntitle: Ruby\nrun: ruby endpoint.rb\n", ": run has the wrong form: "),
    ("name: ruby\ntitle: Ruby\nrun: [ruby\n", " is not valid YAML: "),
    ("name: ruby\nname: perl\ntitle: Ruby\nrun: [ruby]\n", "name"),
  ])
  func otherMistakesNameTheFileAndWhatIsWrong(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("adapter.yml", text)
    let error = try #require(throws: HarnessError.self) { try AdapterManifest(contentsOf: path) }
    #expect(error.description.hasPrefix(path) && error.description.contains(words))
  }

  @Test func missingManifestSaysWhatAFolderNeeds() {
    #expect(
      throws: HarnessError(
        "Cannot read /nowhere/adapter.yml, which should be a manifest; interop/README.md shows one.")
    ) { try AdapterManifest(contentsOf: "/nowhere/adapter.yml") }
  }

  private static func manifest(_ text: String) throws -> AdapterManifest {
    let folder = try TemporaryFolder()
    return try AdapterManifest(contentsOf: folder.write("adapter.yml", text))
  }
}
