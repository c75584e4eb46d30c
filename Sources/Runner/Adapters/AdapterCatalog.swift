import AdapterProtocol
package import Cases
import Foundation

/// Finds adapters by their manifests, builds them, and sends each one `hello`.
package struct AdapterCatalog: Sendable {
  private let site: Site
  private let deadline: Double

  /// Creates a catalog.
  ///
  /// - Parameters:
  ///   - site: where the endpoints run.
  ///   - deadline: the timeout of `hello` in seconds.
  package init(site: Site, deadline: Double) {
    self.site = site
    self.deadline = deadline
  }

  /// The adapter folders in a folder, sorted by name: those with a manifest.
  ///
  /// - Throws: ``HarnessError`` if the folder cannot be read.
  package static func folders(in interop: String) throws(HarnessError) -> [String] {
    guard let names = Ledger.entries(interop) else { throw HarnessError("Cannot read the folder \(interop).") }
    return names.sorted().map { "\(interop)/\($0)" }.filter {
      FileManager.default.fileExists(atPath: "\($0)/adapter.yml")
    }
  }

  /// Loads, builds and starts adapters.
  ///
  /// - Parameters:
  ///   - folders: adapter folders, each with an `adapter.yml`.
  ///   - names: the adapters to load; all if nil. The manifests of the others are read too.
  ///   - runtimes: which versions of a runtime to use.
  ///   - progress: called with a message when a build starts.
  /// - Returns: the adapters, sorted by name.
  /// - Throws: ``HarnessError`` for an invalid manifest, a duplicate name, or one of `names` that no adapter has.
  package func adapters(
    in folders: [String], only names: [String]? = nil, runtimes: RuntimeChoice = .init(),
    progress: (String) -> Void = { _ in }
  ) throws(HarnessError) -> [Adapter] {
    var manifests: [(AdapterManifest, String)] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      if let other = manifests.first(where: { $0.0.name == manifest.name }) {
        throw HarnessError(
          "\(folder) and \(other.1) are both named \(manifest.name); rename one.", isUsage: true)
      }
      manifests.append((manifest, folder))
    }
    try runtimes.check(against: manifests.map(\.0))
    var runtimes = runtimes
    runtimes.environment = site.environment
    var adapters: [Adapter] = []
    for (manifest, folder) in manifests {
      // Runtimes are named after their manifest and a version.
      guard names?.contains(where: { $0 == manifest.name || runtimes.areAll && $0.hasPrefix(manifest.name) }) ?? true
      else { continue }
      adapters += try self.adapters(manifest, folder, runtimes, progress)
    }
    let chosen = adapters.filter { adapter in
      names?.contains { adapter.name == $0 || adapter.folder.hasSuffix("/\($0)") } ?? true
    }
    for name in names ?? [] where !chosen.contains(where: { $0.name == name || $0.folder.hasSuffix("/\(name)") }) {
      let known = (manifests.map(\.0.name) + adapters.map(\.name)).reduce(into: Set()) { $0.insert($1) }.sorted()
      throw Self.unknown(name, known)
    }
    for (index, adapter) in chosen.enumerated() {
      if let other = chosen[..<index].first(where: { $0.name == adapter.name }) {
        throw HarnessError(
          "\(adapter.folder) and \(other.folder) both give an adapter named \(adapter.name); leave one out.")
      }
    }
    return chosen.sorted { $0.name.localizedStandardCompare($1.name) == .orderedAscending }
  }

  private func adapters(
    _ manifest: AdapterManifest, _ folder: String, _ runtimes: RuntimeChoice, _ progress: (String) -> Void
  ) throws(HarnessError) -> [Adapter] {
    func inState(_ state: Adapter.State) -> Adapter {
      Adapter(name: manifest.name, title: manifest.title, folder: folder, state: state, command: [])
    }
    do throws(HarnessError) {
      let found = try runtimes.find(manifest, folder)
      var programs: [String: String] = [:]
      for need in found.isEmpty ? manifest.needs : Array(manifest.needs.dropFirst()) {
        guard let path = try need.path(in: folder, runtimes.environment) else {
          return [inState(.missing(program: need.program, install: need.install))]
        }
        programs[need.program] = path
      }
      try AdapterBuild(manifest: manifest, folder: folder, environment: runtimes.environment).run(progress: progress)
      guard found.isEmpty else {
        return found.map { adapter(manifest, folder, named: $0.name, program: $0.path) }
      }
      guard let program = programs[manifest.run[0]] ?? ProgramPath.resolve(manifest.run[0], in: folder) else {
        return [
          inState(
            .broken("\(folder)/adapter.yml: run's program \"\(manifest.run[0])\" was not found or is not executable"))
        ]
      }
      return [adapter(manifest, folder, named: manifest.name, program: program)]
    } catch {
      if error.isInterruption { throw error }
      return [inState(.broken(error.description))]
    }
  }

  private func adapter(_ manifest: AdapterManifest, _ folder: String, named name: String, program: String) -> Adapter {
    let command = [program] + manifest.run.dropFirst()
    func inState(_ state: Adapter.State) -> Adapter {
      Adapter(
        name: name, title: manifest.title, folder: folder, state: state, command: command)
    }
    do {
      return inState(.ready(try hello(inState(.broken("not asked yet")))))
    } catch let error as UnwillingEndpoint {
      return inState(.broken(FindingWords(error.finding) { _ in "" }.seen))
    } catch {
      return inState(.broken("\(error)"))
    }
  }

  private func hello(_ adapter: Adapter) throws -> Declaration {
    let endpoint = try EndpointProcess(adapter.program, environment: site.environment)
    let declaration = try endpoint.hello(seconds: deadline)
    if let problem = endpoint.finish(seconds: min(deadline, 10)) { throw HarnessError("the endpoint \(problem)") }
    return declaration
  }
}

extension AdapterCatalog {
  private static func unknown(_ name: String, _ known: [String]) -> HarnessError {
    HarnessError(
      "There is no adapter \"\(name)\"; \(NearestWord.advice(name, among: known)). Add a folder with --adapter PATH.",
      isUsage: true)
  }

  /// Reads the manifests only: the adapters are neither built nor started, so only their names are useful.
  ///
  /// - Parameters:
  ///   - folders: adapter folders, each with an `adapter.yml`.
  ///   - names: the adapters to load; all if nil.
  /// - Returns: the adapters in the order of their folders, in the state ``Adapter/State/broken(_:)``.
  /// - Throws: ``HarnessError`` for an invalid manifest, or a name that no adapter has.
  package static func unasked(in folders: [String], only names: [String]? = nil) throws(HarnessError) -> [Adapter] {
    var adapters: [Adapter] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      adapters.append(
        Adapter(
          name: manifest.name, title: manifest.title, folder: folder, state: .broken("it was not asked"), command: []))
    }
    for name in names ?? [] where !adapters.contains(where: { $0.name == name }) {
      throw unknown(name, adapters.map(\.name).sorted())
    }
    return adapters.filter { names?.contains($0.name) ?? true }
  }
}
