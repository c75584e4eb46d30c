import AdapterProtocol
import Foundation
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct AdapterCatalogTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func readyAdapterTellsWhoItIs() throws {
    let adapter = try #require(Self.adapters([Here.adapter("python")]).first)
    #expect(adapter.declaration?.language == "python")
  }

  @Test func missingProgramIsNamedWithTheCommandThatInstallsIt() throws {
    try folder.write(
      "adapter.yml",
      "name: x\ntitle: X\nneeds: [{program: no-such-program-xyz, install: get xyz}]\nrun: [no-such-program-xyz]\n")
    guard case .missing("no-such-program-xyz", "get xyz") = try state else {
      Issue.record("\(try state)")
      return
    }
  }

  @Test func shimIsReplacedByWhatItStandsFor() throws {
    try folder.write("shim", "#!/bin/sh\nexec python3 \"$@\"\n", isProgram: true)
    try writeShimAdapter()
    let adapter = try #require(Self.adapters([folder.path]).first)
    let command = try #require(adapter.startCommand, "\(adapter.state)")
    #expect(command[0].hasPrefix("/") && !command[0].hasSuffix("shim"))
    #expect(URL(fileURLWithPath: command[0]).resolvingSymlinksInPath().path == command[0])
    #expect(command.dropFirst() == ["-E", "-S", "\(Here.interop)/python/endpoint.py"])
  }

  @Test func shimWithNothingBehindItIsMissing() throws {
    try folder.write("shim", "#!/bin/sh\necho 'no version is set' >&2\nexit 127\n", isProgram: true)
    try writeShimAdapter()
    guard case .missing("./shim", "get it") = try state else {
      Issue.record("\(try state)")
      return
    }
  }

  @Test(arguments: [
    ("build: {command: [sh, -c, 'echo no such header; exit 1'], inputs: [adapter.yml], output: out}", "no such header"),
    (
      "build: {command: [no-such-program-xyz], inputs: [adapter.yml], output: out}",
      "the build command's program \"no-such-program-xyz\" was not found"
    ),
    ("", "run's program \"./endpoint\" was not found or is not executable"),
  ])
  func adapterThatIsHereAndCannotBeUsedIsBroken(_ build: String, _ words: String) throws {
    try folder.write("adapter.yml", "name: x\ntitle: X\n\(build)\nrun: [./endpoint]\n")
    guard case .broken(let problem) = try state else {
      Issue.record("\(try state)")
      return
    }
    #expect(problem.contains(words))
  }

  @Test func endpointThatSaysNothingIsBrokenAfterTheDeadline() throws {
    try folder.write("adapter.yml", "name: x\ntitle: X\nrun: [sleep, '600']\n")
    guard case .broken("the endpoint did not answer hello within 0.5 s") = try state(deadline: 0.5) else {
      Issue.record("\(try state(deadline: 0.5))")
      return
    }
  }

  @Test func eachCompilerBuildsAnAdapterOfItsOwn() throws {
    for (compiler, version) in [("one", "x.one1"), ("two", "x.two2")] {
      let hello = "ok protocol=1 language=x runtime=\(version) transports=unix framings=line codecs= features="
      try folder.write(
        compiler,
        """
        #!/bin/sh
        if [ "$1" = --name ]; then echo \(version); exit; fi
        printf '#!/bin/sh\\nread line\\necho "\(hello)"\\nread line || exit 0\\n' >"$1" && chmod +x "$1"

        """, isProgram: true)
    }
    try folder.write(
      "adapter.yml",
      """
      name: x
      title: X
      needs: [{program: ./one, install: get it}]
      runtimes: {programs: [./one, ./two], name: [--name]}
      build: {command: [./one, .build/endpoint], inputs: [adapter.yml], output: .build/endpoint}
      run: [.build/endpoint]

      """)
    #expect(try Self.adapters([folder.path]).map(\.name) == ["x"])
    let versions = try Self.adapters([folder.path], runtimes: RuntimeChoice(areAll: true))
    #expect(versions.map(\.name) == ["x.one1", "x.two2"])
    #expect(versions.map(\.declaration?.runtime) == ["x.one1", "x.two2"], "\(versions.map(\.state))")
    #expect(
      versions.map(\.startCommand?.first) == ["x.one1", "x.two2"].map { "\(folder.path)/.build/\($0)/endpoint" })
    let added = RuntimeChoice(paths: [("x", "\(folder.path)/two")])
    #expect(try Self.adapters([folder.path], runtimes: added).map(\.name) == ["x.one1", "x.two2"])
    #expect(try Self.adapters([Here.adapter("python")], runtimes: RuntimeChoice()).map(\.name) == ["python"])
  }

  @Test func runtimesMustReplaceAWordOfTheManifest() throws {
    try folder.write(
      "adapter.yml",
      """
      name: x
      title: X
      needs: [{program: cc, install: get it}]
      runtimes: {programs: [gcc], name: [-dumpversion]}
      run: [./endpoint]

      """)
    #expect(throws: HarnessError.self) { try AdapterManifest(contentsOf: "\(folder.path)/adapter.yml") }
  }

  @Test func nameThatIsTakenTwiceIsRefused() throws {
    try folder.write("one/adapter.yml", "name: x\ntitle: X\nrun: ['true']\n")
    try folder.write("two/adapter.yml", "name: x\ntitle: X\nrun: ['true']\n")
    let folders = try AdapterCatalog.folders(in: folder.path)
    #expect(
      throws: HarnessError("\(folder.path)/two and \(folder.path)/one are both named x; rename one.", isUsage: true)
    ) {
      try Self.adapters(folders)
    }
  }

  @Test func nameThatNoAdapterHasIsToldWithThoseThatThereAre() {
    let folders = [Here.adapter("swift"), Here.adapter("python")]
    #expect(
      throws: HarnessError(
        "There is no adapter \"perl\"; there are python, swift. Add a folder with --adapter PATH.", isUsage: true)
    ) {
      try Self.adapters(folders, only: ["perl"])
    }
  }

  @Test func onlyTheNamedAdaptersAreAsked() throws {
    let adapters = try Self.adapters([Here.adapter("swift"), Here.adapter("status")], only: ["swift"])
    #expect(adapters.map(\.name) == ["swift"])
  }

  @Test func foldersWithoutAManifestAreNoAdapters() throws {
    try folder.write("vectors/framings.yml", "")
    try folder.write("b/adapter.yml", "")
    try folder.write("a/adapter.yml", "")
    #expect(try AdapterCatalog.folders(in: folder.path) == ["\(folder.path)/a", "\(folder.path)/b"])
    #expect(throws: HarnessError("Cannot read the folder /nowhere.")) { try AdapterCatalog.folders(in: "/nowhere") }
  }

  private func writeShimAdapter() throws {
    try folder.write(
      "adapter.yml",
      """
      name: x
      title: X
      needs:
        - {program: ./shim, install: get it, real-path: [-c, "import os, sys; print(os.path.realpath(sys.executable))"]}
      run: [./shim, -E, -S, \(Here.interop)/python/endpoint.py]
      """)
  }

  private var state: Adapter.State { get throws { try state(deadline: 20) } }

  private func state(deadline: Double) throws -> Adapter.State {
    try #require(Self.adapters([folder.path], deadline: deadline).first).state
  }

  private static func adapters(
    _ folders: [String], only names: [String]? = nil, runtimes: RuntimeChoice = .init(), deadline: Double = 20
  ) throws -> [Adapter] {
    let site = try Site(guardProgram: nil)
    defer { site.close() }
    return try AdapterCatalog(site: site, deadline: deadline).adapters(in: folders, only: names, runtimes: runtimes)
  }
}
