import AdapterProtocol
import CPlatform
import Cases
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
    switch entry.work {
    case .scenario(let pairing): try carryOut(pairing, entry, folder, tag, &record)
    case .example(let example): try carryOut(example, entry, folder, tag, &record)
    }
  }

  private func carryOut(
    _ pairing: Plan.Pairing, _ entry: Plan.Entry, _ folder: String, _ tag: String, _ record: inout CaseRecord
  ) throws(HarnessError) {
    let execution = CaseExecution(pairing, settings: settings, folder: folder, tag: tag, interrupt: interrupt)
    let beforeStart = ContinuousClock.now
    let (writer, reader) = try endpoints(pairing, execution)
    let starting = (ContinuousClock.now - beforeStart) / .seconds(1)
    // Endpoints that are there already take microseconds.
    if starting > 0.001 { record.startSeconds = starting }
    settings.beforeCase?(ReadyCase(entry, folder, [(.writer, writer), (.reader, reader)]))
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
    part(with: writer, observed.name(.writer), isSpent: servesOneCase(pairing), &record)
    part(with: reader, observed.name(.reader), isSpent: servesOneCase(pairing), &record)
  }

  private func carryOut(
    _ example: ExampleCase, _ entry: Plan.Entry, _ folder: String, _ tag: String, _ record: inout CaseRecord
  ) throws(HarnessError) {
    let adapter = try example.peer.map { name throws(HarnessError) in try self.adapter(name) }
    let start = try ExampleStart(
      example, adapter: adapter, pool: pool, settings: settings, folder: folder, tag: tag)
    let execution = ExampleExecution(
      example, program: start.program, peer: start.peer, settings: settings, folder: folder,
      placeholders: start.placeholders, interrupt: interrupt)
    settings.beforeCase?(ReadyCase(entry, folder, start.processes(example.conversation.example)))
    do {
      record.failure = try execution.run()
      record.outcome = record.failure == nil ? .passed : .failed
    } catch {
      record.outcome = .notRun
      record.reason = "the run was interrupted"
    }
    record.transcript = execution.transcript
    record.failure?.endpoints =
      [
        EndpointTrace(
          name: "\(example.program), the program", commands: [start.command.joined(separator: " ")],
          standardError: start.program.standardError.lines(10))
      ]
      + (start.peer.map { peer in
        [
          EndpointTrace(
            name: example.peer ?? "", commands: execution.lastCommands,
            standardError: peer === start.program ? "" : peer.standardError.lines(10))
        ]
      } ?? [])
    start.program.process.kill()
    if let peer = start.peer, peer !== start.program {
      part(
        with: peer, example.peer ?? "", isSpent: example.conversation.inherit != nil || settings.isFresh, &record)
    }
  }

  /// The two endpoints, and the execution made ready for them.
  private func endpoints(
    _ pairing: Plan.Pairing, _ execution: CaseExecution
  ) throws(HarnessError) -> (EndpointProcess, EndpointProcess) {
    let writer = try adapter(pairing.writer)
    let reader = try adapter(pairing.reader)
    let transport = pairing.channel.transport
    guard servesOneCase(pairing) else {
      let (first, firstStock) = try pool.endpoint(writer, .writer, transport)
      let (second, secondStock) = try pool.endpoint(reader, .reader, transport)
      try execution.prepare([.writer: firstStock, .reader: secondStock].compactMapValues { $0 })
      return (first, second)
    }
    var stocks: [Side: InheritedStock] = [:]
    if settings.isTapped && transport.traits.isInherited {
      for side in Side.allCases { stocks[side] = try InheritedStock(transport, count: 4) }
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
  private func servesOneCase(_ pairing: Plan.Pairing) -> Bool {
    settings.isFresh || (pairing.channel.traits.isInherited && !settings.isTapped)
  }

  private func part(with endpoint: EndpointProcess, _ name: String, isSpent: Bool, _ record: inout CaseRecord) {
    if record.outcome != .passed {
      // An endpoint that failed may be in any state, and would spoil the next case.
      pool.discard(endpoint)
    } else if settings.isFresh {
      guard let problem = pool.finish(endpoint) else { return }
      record.outcome = .failed
      record.failure = Failure(
        blame: .adapter, blamed: [name],
        expected: "an exit with status 0 at the end of input (PROTOCOL.md, section 1)", seen: "it \(problem)")
    } else if isSpent {
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
