import CPlatform
import Foundation
import Journal

/// Carries cases out one after the other, with endpoints of its own.
final class Worker {
  private let adapters: [String: Adapter]
  private let settings: RunSettings
  private let workspace: Workspace
  private let interrupt: Int32?
  private let pool: EndpointPool
  private let number: Int
  private var caseCount = 0

  init(
    number: Int, adapters: [String: Adapter], settings: RunSettings, workspace: Workspace, interrupt: Int32?
  ) {
    self.number = number
    self.adapters = adapters
    self.settings = settings
    self.workspace = workspace
    self.interrupt = interrupt
    pool = EndpointPool(settings)
  }

  /// The most memory that an endpoint of each adapter has held, in bytes.
  var peakMemory: [String: Int] { pool.peakMemory }

  /// What was wrong with the endpoints' going.
  var notes: [String] { pool.notes }

  /// Ends the endpoints.
  func finish() { pool.finishAll() }

  /// Carries a case out.
  func record(_ entry: Plan.Entry) -> CaseRecord {
    if let obstacle = entry.obstacle { return Self.record(entry, obstacle) }
    let start = ContinuousClock.now
    caseCount += 1
    var record = CaseRecord(name: entry.name, outcome: .passed)
    do {
      try carryOut(entry, &record)
    } catch {
      record.outcome = .failed
      record.failure = Failure(
        blame: .harness, blamed: [], expected: "the harness does its work", seen: error.description)
    }
    record.seconds = (ContinuousClock.now - start) / .seconds(1)
    return record
  }

  private func carryOut(_ entry: Plan.Entry, _ record: inout CaseRecord) throws(HarnessError) {
    let folder = try workspace.makeFolder("\(number)-\(caseCount)")
    defer { _ = parley_remove_tree(folder) }
    let tag = URL(fileURLWithPath: workspace.path).lastPathComponent + "-\(number)-\(caseCount)"
    let execution = CaseExecution(entry, settings: settings, folder: folder, tag: tag, interrupt: interrupt)
    try execution.prepare()
    let writer = try endpoint(entry, .writer, execution)
    let reader = try endpoint(entry, .reader, execution)
    execution.closeInheritance()
    let observed = execution.run(writer: writer, reader: reader)
    record.isSmall = execution.byteCount <= 4096 && !entry.channel.transport.isInherited
    record.transcript = execution.transcript
    if case .interrupted = observed.incident {
      record.outcome = .notRun
      record.reason = "the run was interrupted"
    } else if var failure = Judgement.failure(observed) {
      failure.endpoints = [(Side.writer, writer), (.reader, reader)].map { side, endpoint in
        EndpointTrace(
          name: observed.name(side), commands: execution.lastCommands(side, count: 6),
          standardError: endpoint.standardError.lines(10))
      }
      record.outcome = .failed
      record.failure = failure
    }
    for endpoint in [writer, reader] { part(with: endpoint, entry, &record) }
  }

  private func endpoint(
    _ entry: Plan.Entry, _ side: Side, _ execution: CaseExecution
  ) throws(HarnessError) -> EndpointProcess {
    let name = side == .writer ? entry.writer : entry.reader
    guard let adapter = adapters[name] else {
      throw HarnessError("The plan names the adapter \(name), which is not there.")
    }
    guard isFresh(entry) else { return try pool.endpoint(adapter, side) }
    return try pool.fresh(adapter, inheriting: execution.inheritance(side))
  }

  private func isFresh(_ entry: Plan.Entry) -> Bool { settings.isFresh || entry.channel.transport.isInherited }

  private func part(with endpoint: EndpointProcess, _ entry: Plan.Entry, _ record: inout CaseRecord) {
    guard record.outcome == .passed, !settings.isFresh else {
      // An endpoint that failed may be in any state, and would spoil the next case.
      guard record.outcome == .passed else { return pool.discard(endpoint) }
      if let problem = pool.finish(endpoint) {
        record.outcome = .failed
        record.failure = Failure(
          blame: .adapter, blamed: [endpoint.adapter.name],
          expected: "an exit with status 0 at the end of input (PROTOCOL.md, section 1)", seen: "it \(problem)")
      }
      return
    }
    if isFresh(entry) { pool.discard(endpoint) }
  }

  private static func record(_ entry: Plan.Entry, _ obstacle: Plan.Obstacle) -> CaseRecord {
    var record = CaseRecord(name: entry.name, outcome: obstacle.outcome, reason: obstacle.reason)
    if obstacle.outcome == .failed {
      record.failure = Failure(
        blame: .adapter, blamed: [], expected: "an adapter that builds, starts and answers hello", seen: obstacle.reason
      )
    }
    return record
  }
}
