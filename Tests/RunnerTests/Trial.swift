import Foundation
import Journal
import Places
import Synchronization
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// A run of a few adapters over a few cases, and what it left behind.
struct Trial {
  let adapters: [Adapter]
  let records: [CaseRecord]
  let notes: [String]

  /// Carries the cases out, and expects that nothing is left afterwards.
  ///
  /// - Parameters:
  ///   - names: adapters of the repository, and fakes.
  ///   - globs: which cases; a star stands for every pair.
  ///   - vectors: the folder of the golden vectors.
  ///   - helloDeadline: how long an adapter may take to say who it is, in seconds.
  ///   - location: where the test is.
  ///   - change: what is to be other than usual.
  /// - Throws: what the harness throws, and if there is nothing to run.
  init(
    _ names: [String], _ globs: [String], vectors: String = Here.vectors, helloDeadline: Double = 20,
    location: SourceLocation = #_sourceLocation, change: (inout MatrixRun.Options) -> Void = { _ in }
  ) throws {
    let site = try Site(guardProgram: nil)
    let events = Mutex<[Event]>([])
    do {
      defer { site.close() }
      adapters = try AdapterCatalog(site: site, deadline: helloDeadline).adapters(in: names.map(Here.adapter))
      var options = MatrixRun.Options()
      options.deadline = 20
      change(&options)
      let plan = Planner(adapters).plan(
        breadth: .usual, globs: Self.names(globs, of: adapters).map(CaseGlob.init), isTapped: options.isTapped)
      try #require(!plan.entries.isEmpty, sourceLocation: location)
      try MatrixRun(plan, adapters: adapters, vectors: vectors, site: site, options: options).execute { event in
        events.withLock { $0.append(event) }
      }
      #expect(plan.entries.count == Self.records(events).count, sourceLocation: location)
    }
    records = Self.records(events)
    notes = events.withLock { events in
      events.compactMap { if case .note(let note) = $0 { note } else { nil } }
    }
    #expect(Self.remains(of: site) == [], sourceLocation: location)
  }

  /// The case of a pair and scenario, which may be the end of a name.
  func record(_ pair: String, _ scenario: String) throws -> CaseRecord {
    try #require(records.first { $0.name.pair == pair && $0.name.scenario == scenario })
  }

  /// The failure of a case, which must have failed.
  func failure(_ pair: String, _ scenario: String) throws -> Failure {
    try #require(record(pair, scenario).failure, "\(pair)/\(scenario) did not fail")
  }

  /// The names that globs stand for.
  ///
  /// A glob costs much more than a name in a debug build.
  private static func names(_ globs: [String], of adapters: [Adapter]) -> [String] {
    let pairs = adapters.flatMap { writer in adapters.map { "\(writer.name)-\($0.name)" } }
    return globs.flatMap { glob in pairs.map { glob.replacing("/*/", with: "/\($0)/") } }
  }

  private static func records(_ events: borrowing Mutex<[Event]>) -> [CaseRecord] {
    events.withLock { events in
      events.compactMap { if case .caseEnded(let record) = $0 { record } else { nil } }
    }
  }

  /// What a site should have taken with it: processes, the workspace with its files, sockets without a file.
  private static func remains(of site: Site) -> [String] {
    var remains = processes(with: "PARLEY_RUN=\(site.mark)").map { "process \($0)" }
    let workspace = site.workspace.path
    if FileManager.default.fileExists(atPath: workspace) { remains.append(workspace) }
    let sockets = (try? String(contentsOfFile: "/proc/net/unix", encoding: .utf8)) ?? ""
    let name = URL(fileURLWithPath: workspace).lastPathComponent
    remains += sockets.split(separator: "\n").filter { $0.contains(name) }.map { "socket \($0)" }
    return remains
  }

  private static func processes(with variable: String) -> [Int] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { Int($0) }.filter { process in
      let environment = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ"))
      return environment?.range(of: Data(variable.utf8)) != nil
    }
  }
}
