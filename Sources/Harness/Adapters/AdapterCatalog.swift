import AdapterProtocol
import Foundation

/// Finds adapters by their manifests, builds them, and asks each who it is.
public struct AdapterCatalog: Sendable {
  private let site: Site
  private let deadline: Double

  /// Uses a site for the endpoints that are asked.
  ///
  /// - Parameters:
  ///   - site: where they run.
  ///   - deadline: how long one may take to answer `hello`, in seconds.
  public init(site: Site, deadline: Double) {
    self.site = site
    self.deadline = deadline
  }

  /// The folders with a manifest in a folder of adapters, by name.
  ///
  /// - Throws: ``HarnessError`` if the folder cannot be read.
  public static func folders(in interop: String) throws(HarnessError) -> [String] {
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
  ///   - progress: is told of builds.
  /// - Returns: the adapters, by name.
  /// - Throws: ``HarnessError`` for a manifest that is wrong, a name that is taken twice, or one of the names that no adapter has.
  public func adapters(
    in folders: [String], only names: [String]? = nil, progress: (String) -> Void = { _ in }
  ) throws(HarnessError) -> [Adapter] {
    var manifests: [(AdapterManifest, String)] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      if let other = manifests.first(where: { $0.0.name == manifest.name }) {
        throw HarnessError("\(folder) and \(other.1) are both named \(manifest.name); rename one.")
      }
      manifests.append((manifest, folder))
    }
    for name in names ?? [] where !manifests.contains(where: { $0.0.name == name }) {
      let known = manifests.map(\.0.name).sorted().joined(separator: ", ")
      throw HarnessError("There is no adapter \"\(name)\"; there are \(known). Add a folder with --adapter PATH.")
    }
    return manifests.filter { names?.contains($0.0.name) ?? true }.map { adapter($0.0, $0.1, progress) }
      .sorted { $0.name < $1.name }
  }

  private func adapter(_ manifest: AdapterManifest, _ folder: String, _ progress: (String) -> Void) -> Adapter {
    func inState(_ state: Adapter.State, _ command: [String] = [], _ descriptors: Set<Int32> = []) -> Adapter {
      Adapter(
        name: manifest.name, title: manifest.title, folder: folder, state: state, command: command,
        descriptors: descriptors)
    }
    do {
      var realPaths: [String: String] = [:]
      for need in manifest.needs {
        guard let path = try realPath(of: need, folder) else {
          return inState(.missing(program: need.program, install: need.install))
        }
        realPaths[need.program] = path
      }
      try AdapterBuild(manifest: manifest, folder: folder).run(progress: progress)
      guard let program = realPaths[manifest.run[0]] ?? ProgramPath.resolve(manifest.run[0], in: folder) else {
        return inState(
          .broken("\(folder)/adapter.yml: run's program \"\(manifest.run[0])\" is not there or not executable"))
      }
      let command = [program] + manifest.run.dropFirst()
      let unasked = inState(.broken("not asked yet"), command)
      let (declaration, descriptors) = try hello(unasked)
      return inState(.ready(declaration), command, descriptors)
    } catch {
      return inState(.broken(error.description))
    }
  }

  /// The program itself where the name on PATH only stands for it.
  private func realPath(of need: AdapterManifest.Need, _ folder: String) throws(HarnessError) -> String? {
    guard let path = ProgramPath.resolve(need.program, in: folder) else { return nil }
    guard let question = need.realPath else { return path }
    let result = try Tool.run([path] + question, in: folder, seconds: 30)
    let answer = result.output.split(separator: "\n").last.map(String.init) ?? ""
    // A shim without a version behind it is as good as no program.
    return result.isSuccess ? ProgramPath.resolve(answer, in: folder) : nil
  }

  private func hello(_ adapter: Adapter) throws(HarnessError) -> (Declaration, Set<Int32>) {
    let endpoint = try EndpointProcess(adapter, environment: site.environment)
    let declaration = try endpoint.hello(deadline: deadline)
    endpoint.takeBaseline()
    if let problem = endpoint.finish(seconds: deadline) {
      throw HarnessError("the endpoint \(problem) (PROTOCOL.md, section 1)")
    }
    return (declaration, endpoint.baseline)
  }
}
