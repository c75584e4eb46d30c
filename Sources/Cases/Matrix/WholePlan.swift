package import Journal

/// The names of all cases that could be planned, regardless of a run's selection.
///
/// A baseline's entry is stale if it matches no case of the whole plan; `--quick`, a glob, a shard or a left-out adapter
/// does not make it stale. Names do not depend on what is installed, so no adapter is started to compute them.
package struct WholePlan: Sendable {
  private let adapters: [String]
  private let runtimeFamilies: [String]
  private let examples: [Example]

  /// Creates the whole plan.
  ///
  /// - Parameters:
  ///   - adapters: every adapter's name.
  ///   - runtimeFamilies: the adapters that may have several versions, such as `python` with `python3.12`. The versions
  ///     depend on the machine, so an entry that names a missing one is not stale.
  ///   - examples: the examples.
  package init(adapters: [String], runtimeFamilies: [String] = [], examples: [Example] = []) {
    self.adapters = adapters
    self.runtimeFamilies = runtimeFamilies
    self.examples = examples
  }

  /// The names of all cases.
  package func names(_ breadth: Breadth = .full) -> [String] { names(breadth, versions: []) }

  /// Whether a glob matches any case.
  package func hasCase(for glob: CaseGlob) -> Bool {
    names(.full, versions: versions(in: glob.pattern)).contains(where: glob.matches)
  }

  /// The runtime versions that a pattern names, such as `python3.8` in `**/python3.8-swift/**`.
  private func versions(in pattern: String) -> [String] {
    let words = pattern.split { "/-*{},".contains($0) }.map(String.init)
    return words.filter { word in
      runtimeFamilies.contains { family in
        word.hasPrefix(family) && word.dropFirst(family.count).wholeMatch(of: /[0-9.][a-z0-9._]*/) != nil
      }
    }
  }

  private func names(_ breadth: Breadth, versions: [String]) -> [String] {
    let planner = Planner(
      (adapters + versions).map { Planner.Capabilities(name: $0, transports: [], framings: []) })
    let entries = planner.plan(breadth: breadth).entries
    return (entries + planner.entries(examples.map { $0.alsoRun(by: versions) }, breadth: breadth))
      .map(\.name.description)
  }
}
