import AdapterProtocol
package import Cases
import Foundation

/// Finds adapters by their manifests, builds them, and asks each who it is.
package struct AdapterCatalog: Sendable {
  private let site: Site
  private let deadline: Double

  /// Uses a site for the endpoints that are asked.
  ///
  /// - Parameters:
  ///   - site: where they run.
  ///   - deadline: how long one may take to answer `hello`, in seconds.
  package init(site: Site, deadline: Double) {
    self.site = site
    self.deadline = deadline
  }

  /// The folders with a manifest in a folder of adapters, by name.
  ///
  /// - Throws: ``HarnessError`` if the folder cannot be read.
  package static func folders(in interop: String) throws(HarnessError) -> [String] {
    guard let names = Ledger.entries(interop) else { throw HarnessError("Cannot read the folder \(interop).") }
    return names.sorted().map { "\(interop)/\($0)" }.filter {
      FileManager.default.fileExists(atPath: "\($0)/adapter.yml")
    }
  }

  /// Makes adapters ready.
  ///
  /// - Parameters:
  ///   - folders: each with an `adapter.yml`.
  ///   - names: only these; all if nil. The manifests of the others are read all the same.
  ///   - runtimes: which versions of a runtime.
  ///   - progress: is told of builds.
  /// - Returns: the adapters, by name.
  /// - Throws: ``HarnessError`` for a manifest that is wrong, a name that is taken twice, or one of the names that no adapter has.
  package func adapters(
    in folders: [String], only names: [String]? = nil, runtimes: RuntimeChoice = .init(),
    progress: (String) -> Void = { _ in }
  ) throws(HarnessError) -> [Adapter] {
    var manifests: [(AdapterManifest, String)] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      if let other = manifests.first(where: { $0.0.name == manifest.name }) {
        throw HarnessError("\(folder) and \(other.1) are both named \(manifest.name); rename one.")
      }
      manifests.append((manifest, folder))
    }
    try runtimes.check(against: manifests.map(\.0))
    let adapters = manifests.filter { manifest, _ in
      guard let names else { return true }
      // Runtimes are named after their manifest and a version.
      return names.contains { $0 == manifest.name || runtimes.areAll && $0.hasPrefix(manifest.name) }
    }.flatMap { self.adapters($0.0, $0.1, runtimes, progress) }
    let chosen = adapters.filter { adapter in
      names?.contains { adapter.name == $0 || adapter.folder.hasSuffix("/\($0)") } ?? true
    }
    for name in names ?? [] where !chosen.contains(where: { $0.name == name || $0.folder.hasSuffix("/\(name)") }) {
      let known = (manifests.map(\.0.name) + adapters.map(\.name)).reduce(into: Set()) { $0.insert($1) }.sorted()
      throw HarnessError(
        "There is no adapter \"\(name)\"; there are \(known.joined(separator: ", ")). Add a folder with --adapter PATH.",
        isUsage: true)
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
  ) -> [Adapter] {
    func inState(_ state: Adapter.State) -> Adapter {
      Adapter(name: manifest.name, title: manifest.title, folder: folder, state: state, command: [])
    }
    do {
      let found = try runtimes.find(manifest, folder)
      var programs: [String: String] = [:]
      for need in found.isEmpty ? manifest.needs : Array(manifest.needs.dropFirst()) {
        guard let path = try need.path(in: folder) else {
          return [inState(.missing(program: need.program, install: need.install))]
        }
        programs[need.program] = path
      }
      try AdapterBuild(manifest: manifest, folder: folder).run(progress: progress)
      guard found.isEmpty else {
        return found.map { adapter(manifest, folder, named: $0.name, program: $0.path) }
      }
      guard let program = programs[manifest.run[0]] ?? ProgramPath.resolve(manifest.run[0], in: folder) else {
        return [
          inState(.broken("\(folder)/adapter.yml: run's program \"\(manifest.run[0])\" is not there or not executable"))
        ]
      }
      return [adapter(manifest, folder, named: manifest.name, program: program)]
    } catch {
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
    if let problem = endpoint.finish(seconds: deadline) { throw HarnessError("the endpoint \(problem)") }
    return declaration
  }
}

extension AdapterCatalog {
  /// The adapters by their manifests alone: none is built or started, so they serve for names only.
  ///
  /// - Parameters:
  ///   - folders: each with an `adapter.yml`.
  ///   - names: only these; all if nil.
  /// - Returns: the adapters, by name, in the state of broken ones.
  /// - Throws: ``HarnessError`` for a manifest that is wrong, or a name that no adapter has.
  package static func unasked(in folders: [String], only names: [String]? = nil) throws(HarnessError) -> [Adapter] {
    var adapters: [Adapter] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      adapters.append(
        Adapter(
          name: manifest.name, title: manifest.title, folder: folder, state: .broken("it was not asked"), command: []))
    }
    for name in names ?? [] where !adapters.contains(where: { $0.name == name }) {
      let known = adapters.map(\.name).sorted().joined(separator: ", ")
      throw HarnessError(
        "There is no adapter \"\(name)\"; there are \(known). Add a folder with --adapter PATH.", isUsage: true)
    }
    return adapters.filter { names?.contains($0.name) ?? true }
  }
}
