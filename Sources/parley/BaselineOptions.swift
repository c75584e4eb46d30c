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

  /// Reads the baseline, if one is named.
  ///
  /// A file that is not there yet is an empty list, which makes a run stricter and not laxer: so the first run in CI needs none.
  ///
  /// - Throws: a usage error for a bad baseline, and for a path that looks mistyped.
  func load() throws -> Baseline? {
    guard let baseline else { return nil }
    let url = URL(fileURLWithPath: baseline)
    let folder = url.deletingLastPathComponent().path
    guard !FileManager.default.fileExists(atPath: url.path),
      let neighbours = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return try Baseline(contentsOf: baseline) }
    if let near = Self.meant(url.lastPathComponent, among: neighbours) {
      throw ValidationError("There is no baseline \(baseline); did you mean \(near)?")
    }
    Status.complain(
      "There is no baseline \(baseline) yet, so no failure is known. parley baseline update \(baseline.shellWord) makes one."
    )
    return try Baseline(text: "", file: baseline)
  }

  /// The file that was probably meant; short names are near to each other without a mistake.
  private static func meant(_ name: String, among files: [String]) -> String? {
    func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }
    guard stem(name).count >= 6 else { return nil }
    return files.sorted().first { file in
      ["yml", "yaml"].contains((file as NSString).pathExtension)
        && NearestWord.distance(Array(stem(name)), Array(stem(file))) <= 2
    }
  }
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
