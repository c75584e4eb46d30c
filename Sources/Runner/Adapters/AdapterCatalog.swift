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
      let isNamed = names?.contains { AdapterManifest.isOwn($0, of: manifest.name) || folder.hasSuffix("/\($0)") }
      guard isNamed ?? true else { continue }
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
    do throws(HarnessError) {
      let found = try runtimes.find(manifest, folder)
      var programs: [String: String] = [:]
      for need in found.isEmpty ? manifest.needs : Array(manifest.needs.dropFirst()) {
        guard let path = try need.path(in: folder, runtimes.environment) else {
          return [Adapter(manifest, folder, .missing(program: need.program, install: need.install))]
        }
        programs[need.program] = path
      }
      guard !found.isEmpty else { return [try adapter(manifest, folder, programs, runtimes, progress)] }
      return try found.map { version throws(HarnessError) in
        try adapter(manifest.version(version.name, by: version.path), folder, programs, runtimes, progress)
      }
    } catch {
      if error.isInterruption { throw error }
      return [Adapter(manifest, folder, .broken(error.description))]
    }
  }

  /// Builds an adapter and asks it; one that cannot be built is broken, whatever becomes of the other versions.
  private func adapter(
    _ manifest: AdapterManifest, _ folder: String, _ programs: [String: String], _ runtimes: RuntimeChoice,
    _ progress: (String) -> Void
  ) throws(HarnessError) -> Adapter {
    do throws(HarnessError) {
      try AdapterBuild(manifest: manifest, folder: folder, environment: runtimes.environment).run(progress: progress)
    } catch {
      if error.isInterruption { throw error }
      return Adapter(manifest, folder, .broken(error.description))
    }
    guard let program = programs[manifest.run[0]] ?? ProgramPath.resolve(manifest.run[0], in: folder) else {
      return Adapter(
        manifest, folder,
        .broken("\(folder)/adapter.yml: run's program \"\(manifest.run[0])\" was not found or is not executable"))
    }
    let command = [program] + manifest.run.dropFirst()
    do {
      let declaration = try hello(Adapter(manifest, folder, .broken("not asked yet"), command))
      return Adapter(manifest, folder, .ready(declaration), command)
    } catch let error as UnwillingEndpoint {
      return Adapter(manifest, folder, .broken(FindingWords(error.finding) { _ in "" }.seen), command)
    } catch {
      return Adapter(manifest, folder, .broken("\(error)"), command)
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

extension Adapter {
  fileprivate init(_ manifest: AdapterManifest, _ folder: String, _ state: State, _ command: [String] = []) {
    self.init(name: manifest.name, title: manifest.title, folder: folder, state: state, command: command)
  }
}
