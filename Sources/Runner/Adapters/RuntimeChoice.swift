package import Cases
import Foundation

/// The runtime versions to use as adapters, for an adapter that several versions can run.
package struct RuntimeChoice: Sendable {
  /// Whether to use every version found of every adapter, not only the newest.
  private let areAll: Bool
  /// Paths of further runtimes, each with the name of its adapter.
  private let paths: [(adapter: String, path: String)]

  /// The environment of the programs that are asked for their names; nil for this process's own.
  var environment: [String: String]?

  /// Chooses the newest version, or all of them; and all of each adapter that has a path.
  package init(areAll: Bool = false, paths: [(adapter: String, path: String)] = []) {
    self.areAll = areAll
    self.paths = paths
  }

  /// Whether every version of an adapter is wanted.
  package func hasAll(of adapter: String) -> Bool { areAll || paths.contains { $0.adapter == adapter } }

  /// A runtime that was found: the name of its adapter and the program's path.
  package struct Found: Equatable {
    package var name: String
    package var path: String
  }

  /// Rejects a path for an adapter without runtimes.
  package func check(against manifests: [AdapterManifest]) throws(HarnessError) {
    for (adapter, _) in paths where !manifests.contains(where: { $0.name == adapter && $0.runtimes != nil }) {
      let known = manifests.filter { $0.runtimes != nil }.map(\.name)
      throw HarnessError(
        "--runtime names \"\(adapter)\", which is not an adapter with runtimes; \(NearestWord.advice(adapter, among: known)).",
        isUsage: true)
    }
  }

  /// Finds the runtimes of an adapter.
  ///
  /// - Parameters:
  ///   - manifest: the adapter's manifest.
  ///   - folder: the adapter's folder.
  /// - Returns: each runtime once, newest first. Unless all are wanted, only the newest, under the adapter's own name; none for
  ///   a compiler, because the manifest's own command builds with the usual one.
  /// - Throws: ``HarnessError`` for a path that is not a runtime of the adapter.
  package func find(_ manifest: AdapterManifest, _ folder: String) throws(HarnessError) -> [Found] {
    let areAll = hasAll(of: manifest.name)
    guard let runtimes = manifest.runtimes, let need = manifest.needs.first, areAll || manifest.build == nil else {
      return []
    }
    var found: [Found] = []
    for program in runtimes.programs {
      guard let path = try need.with(program).path(in: folder, environment),
        !found.contains(where: { $0.path == path }),
        let name = try name(runtimes, path, folder), !found.contains(where: { $0.name == name })
      else { continue }
      if !areAll { return [Found(name: manifest.name, path: path)] }
      found.append(Found(name: name, path: path))
    }
    if found.isEmpty {
      // The plain name may be any version, so it is used only if no other was found.
      guard let path = try need.path(in: folder, environment), let name = try name(runtimes, path, folder) else {
        return []
      }
      found = [Found(name: areAll ? name : manifest.name, path: path)]
    }
    for (_, path) in paths.filter({ $0.adapter == manifest.name }) {
      guard let program = try need.with(path).path(in: folder, environment),
        let name = try name(runtimes, program, folder)
      else {
        throw HarnessError(
          "--runtime \(manifest.name)=\(path): this program cannot be run as \(need.program).",
          isUsage: true)
      }
      found.removeAll { $0.name == name }
      found.append(Found(name: name, path: program))
    }
    return found
  }

  /// The name of a runtime's adapter, such as `python3.11`; nil if the program is not such a runtime.
  package func name(
    _ runtimes: AdapterManifest.Runtimes, _ path: String, _ folder: String
  ) throws(HarnessError) -> String? {
    let result = try Tool.run([path] + runtimes.name, in: folder, seconds: 30, environment: environment)
    guard result.isSuccess, let line = result.output.split(separator: "\n").last else { return nil }
    let name = line.trimmingCharacters(in: .whitespaces)
    guard AdapterManifest.isName(name) else {
      throw HarnessError(
        "\(folder)/adapter.yml: as the name of \(path) its runtimes.name prints \"\(name.prefix(100))\", which is not of the form [a-z][a-z0-9._]*."
      )
    }
    return name
  }
}

extension AdapterManifest.Need {
  /// The program's path, or the real path behind a shim; nil if it is not found.
  package func path(in folder: String, _ environment: [String: String]? = nil) throws(HarnessError) -> String? {
    guard let path = ProgramPath.resolve(program, in: folder) else { return nil }
    guard let realPath else { return path }
    let result = try Tool.run([path] + realPath, in: folder, seconds: 30, environment: environment)
    let answer = result.output.split(separator: "\n").last.map(String.init) ?? ""
    // A shim without an installed version counts as a missing program.
    return result.isSuccess ? ProgramPath.resolve(answer, in: folder) : nil
  }

  /// The same need with another program.
  package func with(_ program: String) -> Self {
    var other = self
    other.program = program
    return other
  }
}
