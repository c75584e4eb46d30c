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
        blame: error.adapter == nil ? .harness : .adapter, blamed: error.adapter.map { [$0] } ?? [],
        expected: error.adapter == nil ? "the harness does its work" : "an endpoint that starts and answers hello",
        seen: error.description)
    }
    record.seconds = (ContinuousClock.now - start) / .seconds(1)
    return record
  }

  private func carryOut(_ entry: Plan.Entry, _ record: inout CaseRecord) throws(HarnessError) {
    let folder = try workspace.makeFolder("\(number)-\(caseCount)")
    defer { if !settings.keepsFiles { _ = parley_remove_tree(folder) } }
    let tag = URL(fileURLWithPath: workspace.path).lastPathComponent + "-\(number)-\(caseCount)"
    let execution = CaseExecution(entry, settings: settings, folder: folder, tag: tag, interrupt: interrupt)
    let beforeStart = ContinuousClock.now
    let (writer, reader) = try endpoints(entry, execution)
    let starting = (ContinuousClock.now - beforeStart) / .seconds(1)
    // Endpoints that are there already take microseconds.
    if starting > 0.001 { record.startSeconds = starting }
    settings.beforeCase?(ReadyCase(entry, folder, writer, reader))
    let observed = execution.run(writer: writer, reader: reader)
    record.isSmall = execution.byteCount <= 4096
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
    part(with: writer, observed.name(.writer), entry, &record)
    part(with: reader, observed.name(.reader), entry, &record)
  }

  /// The two endpoints, and the execution made ready for them.
  private func endpoints(
    _ entry: Plan.Entry, _ execution: CaseExecution
  ) throws(HarnessError) -> (EndpointProcess, EndpointProcess) {
    let writer = try adapter(entry.writer)
    let reader = try adapter(entry.reader)
    guard servesOneCase(entry) else {
      let (first, firstStock) = try pool.endpoint(writer, .writer, entry.channel.transport)
      let (second, secondStock) = try pool.endpoint(reader, .reader, entry.channel.transport)
      try execution.prepare([.writer: firstStock, .reader: secondStock].compactMapValues { $0 })
      return (first, second)
    }
    var stocks: [Side: InheritedStock] = [:]
    if settings.isTapped && entry.channel.transport.isInherited {
      for side in Side.allCases { stocks[side] = try InheritedStock(entry.channel.transport, count: 4) }
    }
    try execution.prepare(stocks)
    let first = try pool.fresh(writer, inheriting: stocks[.writer]?.inheritance ?? execution.inheritance(.writer))
    let second = try pool.fresh(reader, inheriting: stocks[.reader]?.inheritance ?? execution.inheritance(.reader))
    for stock in stocks.values { stock.closeInheritance() }
    execution.closeInheritance()
    // Both are started before either is waited for.
    for endpoint in [first, second] {
      _ = try endpoint.hello(deadline: settings.deadline)
      endpoint.takeBaseline()
    }
    return (first, second)
  }

  private func adapter(_ name: String) throws(HarnessError) -> Adapter {
    guard let adapter = adapters[name] else {
      throw HarnessError("The plan names the adapter \(name), which is not there.")
    }
    return adapter
  }

  /// Whether the endpoints are started for this case alone.
  private func servesOneCase(_ entry: Plan.Entry) -> Bool {
    settings.isFresh || (entry.channel.transport.isInherited && !settings.isTapped)
  }

  private func part(with endpoint: EndpointProcess, _ name: String, _ entry: Plan.Entry, _ record: inout CaseRecord) {
    if record.outcome != .passed {
      // An endpoint that failed may be in any state, and would spoil the next case.
      pool.discard(endpoint)
    } else if settings.isFresh {
      guard let problem = pool.finish(endpoint) else { return }
      record.outcome = .failed
      record.failure = Failure(
        blame: .adapter, blamed: [name],
        expected: "an exit with status 0 at the end of input (PROTOCOL.md, section 1)", seen: "it \(problem)")
    } else if servesOneCase(entry) {
      pool.discard(endpoint)
    }
  }

  private static func record(_ entry: Plan.Entry, _ obstacle: Plan.Obstacle) -> CaseRecord {
    var record = CaseRecord(name: entry.name, outcome: obstacle.outcome, reason: obstacle.reason)
    if obstacle.outcome == .failed {
      record.failure = Failure(
        blame: .adapter, blamed: obstacle.adapter.map { [$0] } ?? [],
        expected: "an adapter that builds, starts and answers hello", seen: obstacle.reason
      )
    }
    return record
  }
}
