package import Journal

/// The names of everything that could be planned, whatever a run selects of it.
///
/// An entry of a baseline is stale if no case of the whole plan fits it, and not because of `--quick`, a glob, a shard or an
/// adapter that was left out. Names do not depend on what is installed, so no adapter is started to know them.
package struct WholePlan: Sendable {
  private let adapters: [String]
  private let runtimeFamilies: [String]
  private let examples: [Example]

  /// Names the adapters.
  ///
  /// - Parameters:
  ///   - adapters: every adapter's name.
  ///   - runtimeFamilies: those of them that may stand for several versions, `python` for `python3.12`. Which versions there are
  ///     depends on the machine, so an entry that names one is never stale for want of it.
  ///   - examples: the programs with which conversations are held.
  package init(adapters: [String], runtimeFamilies: [String] = [], examples: [Example] = []) {
    self.adapters = adapters
    self.runtimeFamilies = runtimeFamilies
    self.examples = examples
  }

  /// The names of all cases.
  package func names(_ breadth: Breadth = .full) -> [String] { names(breadth, versions: []) }

  /// Whether a case fits a pattern.
  package func hasCase(for glob: CaseGlob) -> Bool {
    names(.full, versions: versions(in: glob.pattern)).contains(where: glob.matches)
  }

  /// The versions of runtimes that a pattern names: `python3.8` in `**/python3.8-swift/**`.
  private func versions(in pattern: String) -> [String] {
    let words = pattern.split { "/-*".contains($0) }.map(String.init)
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
