package import Cases
import Foundation

/// Finds examples and what can run them.
package struct ExampleCatalog: Sendable {
  /// The suite of the repository's own examples.
  package static let notes = "notes"
  /// The suite of examples that are named on the command line.
  package static let outside = "examples"

  private let manifests: [(manifest: AdapterManifest, folder: String)]
  private let runtimes: RuntimeChoice

  /// Prepares the search.
  ///
  /// - Parameters:
  ///   - folders: the adapters' folders: a language with several runtimes has them in its manifest.
  ///   - runtimes: which of them.
  /// - Throws: ``HarnessError`` for a manifest that is wrong.
  package init(adapters folders: [String], runtimes: RuntimeChoice) throws(HarnessError) {
    var manifests: [(AdapterManifest, String)] = []
    for folder in folders { manifests.append((try AdapterManifest(contentsOf: "\(folder)/adapter.yml"), folder)) }
    self.manifests = manifests
    self.runtimes = runtimes
  }

  /// The declarations in a folder, by name; none without the folder.
  package static func declarations(in folder: String) -> [String] {
    (Ledger.entries(folder) ?? []).filter { $0.hasSuffix(".yml") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Reads declarations.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - suite: the suite of their cases.
  /// - Returns: an example a file.
  /// - Throws: ``HarnessError`` for a declaration that is wrong.
  package func examples(_ paths: [String], suite: String) throws(HarnessError) -> [Example] {
    var found: [String: [Example.Program]] = [:]
    var examples: [Example] = []
    for path in paths {
      let declaration = try ExampleDeclaration(contentsOf: path)
      let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
      let key = "\(declaration.language) \(declaration.run[0])"
      let programs: [Example.Program]
      if let known = found[key] { programs = known } else { programs = try self.programs(of: declaration, folder) }
      // A program on PATH is the same for all; one beside the declaration is not.
      if !declaration.run[0].contains("/") { found[key] = programs }
      examples.append(Example(declaration: declaration, suite: suite, folder: folder, programs: programs))
    }
    return examples
  }

  private func programs(of declaration: ExampleDeclaration, _ folder: String) throws(HarnessError) -> [Example.Program]
  {
    let program = declaration.run[0]
    guard let (manifest, adapter) = manifests.first(where: { $0.manifest.name == declaration.language }),
      var versions = manifest.runtimes, manifest.needs.first?.program == program
    else {
      return [Example.Program(name: declaration.language, path: ProgramPath.resolve(program, in: folder))]
    }
    versions.programs += versions.older ?? []
    var old = manifest
    old.runtimes = versions
    let found = try runtimes.find(old, adapter)
    guard !found.isEmpty else { return [Example.Program(name: declaration.language, path: nil)] }
    return try found.map { runtime throws(HarnessError) in
      let version = try runtimes.name(versions, runtime.path, adapter) ?? runtime.name
      return Example.Program(
        name: runtime.name, path: runtime.path, version: Example.Program.numbers(version.drop { !$0.isNumber }))
    }
  }

}
