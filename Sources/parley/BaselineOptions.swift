import ArgumentParser
import Baselines
import Cases
import Foundation
import Journal
import Runner

/// The known failures that a run takes into account.
struct BaselineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read known failures and flaky cases from this file; see parley baseline --help.", valueName: "path"))
  var baseline: String?

  /// The option as it must be given again.
  var words: [String] { baseline.map { ["--baseline", URL(fileURLWithPath: $0).standardizedFileURL.path] } ?? [] }

  /// Reads the baseline, if there is one.
  func load() throws -> Baseline? { try baseline.map { path in try Baseline(contentsOf: path) } }
}

extension Repository {
  /// Everything that could be planned, whatever is selected.
  func wholePlan(
    _ adapters: AdapterOptions, examples files: [String] = [], _ used: [Adapter] = []
  ) throws -> WholePlan {
    try WholePlan(
      folders: folders(adapters), used: used.map(\.name), examples: try examples(outside: files, adapters))
  }

  /// The folders of the repository's adapters and of those outside it.
  func folders(_ adapters: AdapterOptions) throws -> [String] {
    try AdapterCatalog.folders(in: interop)
      + adapters.folders.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }
}

extension MatrixRun.Options {
  /// Takes a baseline, and finds its stale entries.
  ///
  /// - Parameters:
  ///   - baseline: the list; none if nil.
  ///   - plan: what is selected, before it is split into shards.
  ///   - whole: everything that could be planned.
  /// - Throws: a usage error for a case that is in both lists.
  mutating func use(_ baseline: Baseline?, on plan: Plan, _ whole: @autoclosure () throws -> WholePlan) throws {
    guard let baseline else { return }
    let names = plan.entries.map(\.name.description)
    try baseline.refuseContradictions(among: names)
    self.baseline = baseline
    stale = baseline.stale(planned: names, whole: try whole())
  }
}
