import ArgumentParser
import Cases
import Foundation
import Runner

/// Which adapters a command uses.
struct AdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Use only these adapters, comma-separated. Default: all in interop.", valueName: "names"))
  var adapters: String?

  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp("Add the adapter in this folder. May be repeated.", valueName: "path"))
  var folders: [String] = []

  @Flag(help: "Use each installed version of a runtime as an adapter of its own.")
  var runtimes = false

  @Option(
    name: .customLong("runtime"),
    help: ArgumentHelp(
      "Add a version of a runtime, such as python=/opt/python3.8/bin/python3. May be repeated.",
      valueName: "name=path"))
  var runtimePaths: [String] = []

  @Option(
    help: ArgumentHelp(
      "Fail if one of these adapters is not installed, comma-separated, or all. Default: do not plan its cases.",
      valueName: "names"))
  var require: String?

  @Option(
    help: ArgumentHelp(
      "Time limit for each command, in seconds. An endpoint may take 30 to start.", valueName: "seconds"))
  var timeout: Double = Self.usualTimeout

  static let usualTimeout = 10.0

  func validate() throws {
    try AdapterFolders.check(folders)
    for path in runtimePaths where !path.contains("=") {
      throw ValidationError(
        "--runtime is \"\(path)\"; give the adapter and the program, such as python=/usr/bin/python3.")
    }
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout is \(timeout); give seconds, more than 0 and at most 86400.")
    }
  }

  /// Makes the adapters ready.
  func load(_ repository: Repository, _ site: Site) throws -> [Adapter] {
    let found = try site.adapters(
      repository, outside: folders, only: adapters?.split(separator: ",").map(String.init),
      runtimes: runtimeChoice, deadline: EndpointProcess.startSeconds(command: timeout))
    return try required(found)
  }

  /// Turns adapters that are required and not installed into broken ones, whose cases fail.
  private func required(_ found: [Adapter]) throws -> [Adapter] {
    guard let require else { return found }
    let names = require.split(separator: ",").map(String.init)
    if let unknown = names.first(where: { name in name != "all" && !found.contains { $0.name == name } }) {
      let advice = NearestWord.advice(unknown, among: found.map(\.name) + ["all"])
      throw ValidationError("--require names \"\(unknown)\", which is no adapter of this run; \(advice).")
    }
    return found.map { adapter in
      guard case .missing(let program, let install) = adapter.state,
        names.contains("all") || names.contains(adapter.name)
      else { return adapter }
      return Adapter(
        name: adapter.name, title: adapter.title, folder: adapter.folder,
        state: .broken("it is required, and \(program) is not installed; install it with: \(install)"), command: [])
    }
  }

  /// Which versions of runtimes are wanted.
  var runtimeChoice: RuntimeChoice { RuntimeChoice(areAll: runtimes, paths: paths) }

  private var paths: [(adapter: String, path: String)] {
    runtimePaths.compactMap { word in
      guard let equals = word.firstIndex(of: "=") else { return nil }
      let path = URL(fileURLWithPath: String(word[word.index(after: equals)...])).standardizedFileURL.path
      return (String(word[..<equals]), path)
    }
  }

  /// The options as they must be given again to have the same adapters.
  var words: [String] {
    outside.flatMap { ["--adapter", $0] } + (runtimes ? ["--runtimes"] : []) + paths.flatMap(Self.words)
  }

  private static func words(_ runtime: (adapter: String, path: String)) -> [String] {
    ["--runtime", "\(runtime.adapter)=\(runtime.path)"]
  }

  /// The options that choose among the adapters.
  var selection: [String] {
    (adapters.map { ["--adapters", $0] } ?? []) + (require.map { ["--require", $0] } ?? [])
  }

  /// For each adapter that is not there by itself, the words that add it.
  func words(for found: [Adapter]) -> [String: [String]] {
    let added = found.map { adapter in
      let versions = paths.filter { AdapterManifest.isOwn(adapter.name, of: $0.adapter) }
      let folder = outside.contains(adapter.folder) ? ["--adapter", adapter.folder] : []
      return (adapter.name, folder + versions.flatMap(Self.words))
    }
    return Dictionary(added) { first, _ in first }.filter { !$0.value.isEmpty }
  }

  private var outside: [String] { folders.map { URL(fileURLWithPath: $0).standardizedFileURL.path } }
}

extension Site {
  /// Makes the adapters of the repository and of folders outside it ready.
  func adapters(
    _ repository: Repository, outside: [String], only names: [String]?, runtimes: RuntimeChoice, deadline: Double
  ) throws -> [Adapter] {
    let outside = outside.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return try AdapterCatalog(site: self, deadline: deadline).adapters(
      in: AdapterCatalog.folders(in: repository.interop) + outside, only: names, runtimes: runtimes
    ) { Status.complain($0) }
  }
}

/// Which cases a command is about.
struct CaseOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Names of cases: * matches within a part, ** across parts. Default: all cases.", valueName: "glob"))
  var globs: [String] = []

  @Flag(help: "Plan one case for each channel and pair.")
  var quick = false

  @Flag(help: "Plan all combinations of transports and framings.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "Plan only pairs that include this adapter. If repeated, pairs that include one of them.", valueName: "name"))
  var with: [String] = []

  @Option(
    name: .customLong("example"),
    help: ArgumentHelp(
      "Test the program that this file declares. May be repeated.", valueName: "path"))
  var exampleFiles: [String] = []

  func validate() throws {
    if quick && full { throw ValidationError("--quick and --full exclude each other.") }
  }

  /// The options that add the declarations again.
  var words: [String] {
    exampleFiles.flatMap { ["--example", URL(fileURLWithPath: $0).standardizedFileURL.path] }
  }

  /// The options that choose among the cases; the globs are not among them.
  var selection: [String] {
    with.flatMap { ["--with", $0] } + (quick ? ["--quick"] : []) + (full ? ["--full"] : [])
  }

  /// The adapters of which each pair must include one; any if empty.
  var partners: [String] { with.flatMap { $0.split(separator: ",").map(String.init) } }

  var breadth: Breadth { full ? .full : quick ? .quick : .usual }
}
