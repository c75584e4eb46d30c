import AdapterProtocol
import Cases
import Foundation
import Runner

/// The rungs before the program answers: its manifest, what it needs, its build.
extension Ladder {
  func readManifest() throws {
    let manifest: AdapterManifest
    do {
      manifest = try AdapterManifest(contentsOf: manifestPath)
    } catch {
      throw Fault(
        title: "the manifest", expected: "a manifest with the keys that interop/README.md describes",
        seen: error.description, cure: "Correct the manifest, and check again.")
    }
    self.manifest = manifest
    let taken = try AdapterCatalog.folders(in: settings.interop).first { folder in
      !Self.isSame(folder, settings.folder)
        && (try? AdapterManifest(contentsOf: "\(folder)/adapter.yml"))?.name == manifest.name
    }
    if let taken {
      throw Fault(
        title: "the name", expected: "a name that no other adapter has",
        seen: "\(lines.place("name")): \(manifest.name) is the name of \(taken)", cure: "Choose another name.")
    }
    pass("\(manifest.name), \(manifest.title)")
  }

  func build() throws {
    guard let manifest else { return }
    for need in manifest.needs where try !isThere(need, of: manifest) {
      throw Fault(
        title: "a missing program", expected: "\(need.program) on PATH",
        seen: "\(lines.place(ofNeed: need.program)): \(need.program) is not installed",
        cure: "Install it with: \(need.install)")
    }
    guard let build = manifest.build else { return pass("nothing to build") }
    let start = ContinuousClock.now
    do {
      try AdapterBuild(
        manifest: manifest, folder: settings.folder, deadline: settings.buildDeadline, environment: site.environment
      ).run { _ in }
    } catch {
      let hangs = error.isTimeOut
      throw Fault(
        title: "the build", expected: "\(build.command.joined(separator: " ")) makes \(build.output)",
        seen: "\(lines.place("build")): \(error.description)",
        cure: hangs
          ? "Run the command in the folder by hand: does it wait for input, or for the network? Its standard input is empty."
          : "Run the command in the folder by hand until it succeeds.")
    }
    pass("\(build.output), \(Self.milliseconds(.now - start))")
  }

  private func isThere(_ need: AdapterManifest.Need, of manifest: AdapterManifest) throws(HarnessError) -> Bool {
    if need == manifest.needs.first, try runtime(of: manifest) != nil { return true }
    return try need.path(in: settings.folder) != nil
  }

  /// The program of the newest runtime, where the manifest has several.
  private func runtime(of manifest: AdapterManifest) throws(HarnessError) -> String? {
    try RuntimeChoice().find(manifest, settings.folder).first?.path
  }

  /// What starts the endpoint.
  func startCommand() throws -> [String] {
    guard let manifest else { return [] }
    let word = manifest.run[0]
    var program = try runtime(of: manifest)
    if program == nil { program = try manifest.needs.first { $0.program == word }?.path(in: settings.folder) }
    guard let program = program ?? ProgramPath.resolve(word, in: settings.folder) else {
      let isPath = word.contains("/")
      throw Fault(
        title: "the run command", expected: "a program that can be started",
        seen: "\(lines.place("run")): \"\(word)\" is \(isPath ? "not there or not executable" : "not on PATH")",
        cure: isPath
          ? "Correct the path, which starts at the adapter's folder, or make the file executable: chmod +x \(word)"
          : "Correct the word, or name the program under needs with the command that installs it.")
    }
    return [program] + manifest.run.dropFirst()
  }

  var lines: ManifestLines {
    ManifestLines(manifestPath, text: (try? String(contentsOfFile: manifestPath, encoding: .utf8)) ?? "")
  }

  static func isSame(_ one: String, _ other: String) -> Bool {
    URL(fileURLWithPath: one).resolvingSymlinksInPath() == URL(fileURLWithPath: other).resolvingSymlinksInPath()
  }

  static func milliseconds(_ duration: Duration) -> String {
    let value = duration / .milliseconds(1)
    return value < 10 ? "\((value * 10).rounded() / 10) ms" : "\(Int(value.rounded())) ms"
  }
}
