import AdapterProtocol
package import Cases
import Foundation
package import Journal
package import Runner

/// Climbs the ladder with one adapter: from its manifest to every scenario with every other adapter.
///
/// It stops at the first rung that is not reached, and says what is wrong, which line of PROTOCOL.md that breaks, and what
/// to do next.
///
/// ```swift
/// let site = try Site(guardProgram: nil)
/// defer { site.close() }
/// let ladder = Ladder(.init(folder: "interop/python", interop: "interop"), site: site)
/// let isGood = try ladder.climb { print($0) }
/// ```
package final class Ladder {
  /// What is climbed, and how.
  package struct Settings: Sendable {
    /// The adapter's folder, as an absolute path.
    package var folder: String
    /// The repository's folder `interop`, as an absolute path.
    package var interop: String
    /// How long a command may take, in seconds.
    package var deadline: Double = 10
    /// How long the build may take, in seconds.
    package var buildDeadline: Double = 600
    /// Whether every declared transport is tried with every declared framing in every scenario.
    package var isFull = false
    /// Is told when a case has ended: how many have, of how many, and which.
    package var progress: @Sendable (Int, Int, CaseName) -> Void = { _, _, _ in }

    /// The usual way with an adapter.
    package init(folder: String, interop: String) {
      self.folder = folder
      self.interop = interop
    }
  }

  let settings: Settings
  let site: Site
  let pages: ProtocolPages
  private var report: (LadderEvent) -> Void = { _ in }
  private(set) var rung = Rung.manifest

  // What the rungs find, for those after them.
  var manifest: AdapterManifest?
  var adapter: Adapter?
  var swift: Adapter?
  var caseCount = 0
  var partners: [String] = []

  /// Prepares to climb.
  ///
  /// - Parameters:
  ///   - settings: what.
  ///   - site: where its endpoints run.
  /// - Throws: ``HarnessError`` if the repository lacks PROTOCOL.md.
  package init(_ settings: Settings, site: Site) throws(HarnessError) {
    self.settings = settings
    self.site = site
    pages = try ProtocolPages(interop: settings.interop)
  }

  /// Climbs as far as it goes.
  ///
  /// - Parameter report: is told what happens as it happens.
  /// - Returns: whether every rung was reached.
  /// - Throws: ``HarnessError`` if the harness itself could not do its work.
  package func climb(_ report: @escaping (LadderEvent) -> Void) throws -> Bool {
    self.report = report
    do {
      for rung in Rung.allCases {
        self.rung = rung
        try reach(rung)
      }
    } catch let fault as Fault {
      tell(.failed(stumble(fault)))
      return false
    } catch let stumble as Stumble {
      tell(.failed(stumble))
      return false
    }
    guard let declaration = adapter?.declaration else { return false }
    tell(.measured(summary))
    tell(.next(NextStep.sentence(after: declaration)))
    return true
  }

  func tell(_ event: LadderEvent) { report(event) }

  func pass(_ detail: String) { tell(.passed(rung, detail)) }

  func skip(_ detail: String) { tell(.skipped(rung, detail)) }

  private func reach(_ rung: Rung) throws {
    switch rung {
    case .manifest: try readManifest()
    case .build: try build()
    case .hello: try askHello()
    case .nonsense: try talkNonsense()
    case .output: try listen()
    case .ending: try end()
    case .undeclared: try tryUndeclared()
    case .transports: try greet()
    case .framings: try climbFramings()
    case .features:
      try refuseByDeclaration()
      try tryFeatures()
    case .others: try meetOthers()
    }
  }

  private func stumble(_ fault: Fault) -> Stumble {
    var failure = Failure(blame: .adapter, blamed: [name], expected: fault.expected, seen: fault.seen)
    failure.endpoints = fault.traces
    return Stumble(
      rung: rung, title: fault.title, failure: failure, breaks: fault.requirement.flatMap(quotation),
      cure: fault.cure ?? fault.requirement?.cure ?? "")
  }

  /// A rule with its place and its words.
  func quotation(of requirement: Requirement) -> String? { pages.record(requirement).quotation }

  private var summary: String {
    partners.isEmpty
      ? "\(name) answers hello, and cannot open anything yet."
      : "All that \(name) declares works: \(caseCount) cases with \(partners.joined(separator: ", "))."
  }

  /// What the adapter is called.
  var name: String { manifest?.name ?? URL(fileURLWithPath: settings.folder).lastPathComponent }

  var manifestPath: String { "\(settings.folder)/adapter.yml" }
}
