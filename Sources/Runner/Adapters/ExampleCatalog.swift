package import Cases
import Foundation

/// Finds examples and the programs that run them.
package struct ExampleCatalog: Sendable {
  /// The suite of the repository's own examples.
  package static let notes = "notes"
  /// The suite of programs that other people wrote.
  package static let wild = "wild"
  /// The suite of examples named on the command line.
  package static let outside = "examples"

  private let manifests: [(manifest: AdapterManifest, folder: String)]
  private let runtimes: RuntimeChoice

  /// Creates a catalog.
  ///
  /// - Parameters:
  ///   - folders: the adapters' folders; the manifests list the runtimes of a language.
  ///   - runtimes: which runtimes to use.
  /// - Throws: ``HarnessError`` for an invalid manifest.
  package init(adapters folders: [String], runtimes: RuntimeChoice) throws(HarnessError) {
    var manifests: [(AdapterManifest, String)] = []
    for folder in folders { manifests.append((try AdapterManifest(contentsOf: "\(folder)/adapter.yml"), folder)) }
    self.manifests = manifests
    self.runtimes = runtimes
  }

  /// The paths of the declarations in a folder, sorted by name; empty if the folder does not exist.
  package static func declarations(in folder: String) -> [String] {
    (Ledger.entries(folder) ?? []).filter { $0.hasSuffix(".yml") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Reads declarations.
  ///
  /// - Parameters:
  ///   - paths: the paths of the declarations.
  ///   - suite: the suite of their cases.
  /// - Returns: one example for each file.
  /// - Throws: ``HarnessError`` for an invalid declaration.
  package func examples(_ paths: [String], suite: String) throws(HarnessError) -> [Example] {
    var found: [String: [Example.Program]] = [:]
    var examples: [Example] = []
    for path in paths {
      let declaration = try ExampleDeclaration(contentsOf: path)
      let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
      let key =
        ([declaration.language, declaration.run[0]] + (declaration.needs ?? [])).joined(separator: " ")
        + (declaration.conversations.contains { $0.programs != nil } ? path : "")
      let programs: [Example.Program]
      if let known = found[key] { programs = known } else { programs = try self.programs(of: declaration, folder) }
      // A program on PATH is the same for all declarations; one beside the declaration is not.
      if !declaration.run[0].contains("/") { found[key] = programs }
      examples.append(
        Example(
          declaration: declaration, suite: suite, folder: folder, programs: programs,
          isNamed: suite == Self.outside))
    }
    return examples
  }

  /// Says which programs of other people are not installed, so that nobody takes their absence for a success; nil if all are.
  package static func absence(in examples: [Example]) -> String? {
    let missing = examples.filter { $0.suite == wild && !$0.isInstalled }.map { example in
      "\(example.declaration.language) (\(example.declaration.install ?? "put \((example.declaration.needs ?? example.declaration.run)[0]) on PATH"))"
    }
    guard !missing.isEmpty else { return nil }
    return "the suite \(wild) has programs that are not installed, and their conversations are not planned: "
      + missing.joined(separator: ", ")
  }

  private func programs(of declaration: ExampleDeclaration, _ folder: String) throws(HarnessError) -> [Example.Program]
  {
    let program = declaration.run[0]
    let others = declaration.conversations.flatMap { ($0.programs ?? [:]).values.map { $0.run[0] } }
    if ((declaration.needs ?? []) + others).contains(where: { ProgramPath.resolve($0, in: folder) == nil }) {
      return [Example.Program(name: declaration.language, path: nil)]
    }
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
