import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// A process that does not belong to the run connected to an endpoint; so the case proves nothing.
private struct Disturbance: Error {
  /// Where it connected.
  let address: String
}

/// Runs cases one after the other, with its own endpoints.
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

  /// The peak memory of each adapter's endpoints, in bytes.
  var peakMemory: [String: Int] { pool.peakMemory }

  /// A sentence for each unclean shutdown.
  var notes: [String] { pool.notes }

  /// Shuts the endpoints down.
  func finish() { pool.finishAll() }

  /// Runs a case.
  func record(_ entry: Plan.Entry) -> CaseRecord {
    var record = CaseRecord(name: entry.name, outcome: .passed)
    record.rules = entry.rules.map(\.rawValue)
    if let obstacle = entry.obstacle {
      note(obstacle, in: &record)
      return record
    }
    let start = ContinuousClock.now
    do {
      try perform(entry, &record)
    } catch let error as UnwillingEndpoint {
      fail(&record, error.finding, entry) { _ in "" }
    } catch {
      fail(&record, .harness("\(error)"), entry) { _ in "" }
    }
    if settings.reapsStrays { Strays.reap() }
    record.seconds = (ContinuousClock.now - start) / .seconds(1)
    return record
  }

  /// How often a case is run again that others disturbed: often enough that somebody who is first at every second address
  /// changes no outcome.
  private static let repetitions = 50

  private func perform(_ entry: Plan.Entry, _ record: inout CaseRecord) throws {
    var disturbance: Disturbance?
    for rest in (0..<Self.repetitions).reversed() {
      caseCount += 1
      do {
        return try perform(entry, canRepeat: rest > 0, after: disturbance, &record)
      } catch let error as Disturbance {
        disturbance = error
      }
    }
  }

  /// Runs a case once.
  ///
  /// - Throws: ``Disturbance`` if it proves nothing and can be repeated.
  private func perform(
    _ entry: Plan.Entry, canRepeat: Bool, after disturbance: Disturbance?, _ record: inout CaseRecord
  ) throws {
    let folder = try workspace.makeFolder("\(number)-\(caseCount)")
    defer { if !settings.keepsFiles { _ = parley_remove_tree(folder) } }
    let site = CaseSite(
      folder: folder, tag: URL(fileURLWithPath: workspace.path).lastPathComponent + "-\(number)-\(caseCount)",
      temporaryFolder: settings.temporaryFolder)
    switch entry.work {
    case .scenario(let pairing): try run(pairing, entry, site, canRepeat: canRepeat, &record)
    case .example(let example): try hold(example, entry, site, canRepeat: canRepeat, after: disturbance, &record)
    }
  }

  // MARK: Scenarios

  private func run(
    _ pairing: Plan.Pairing, _ entry: Plan.Entry, _ site: CaseSite, canRepeat: Bool, _ record: inout CaseRecord
  ) throws {
    let execution = CaseExecution(pairing, settings: settings, site: site, interrupt: interrupt)
    let beforeStart = ContinuousClock.now
    let endpoints = try endpoints(pairing, execution)
    let starting = (ContinuousClock.now - beforeStart) / .seconds(1)
    // Getting endpoints that are running already takes microseconds.
    if starting > 0.001 { record.startSeconds = starting }
    settings.beforeCase?(
      ReadyCase(entry, site.folder, Side.allCases.compactMap { side in endpoints[side].map { (side, $0) } }))
    let observed = execution.run(endpoints)
    if canRepeat, case .disturbed(let address) = observed.incident {
      // They may still be busy with the stranger.
      for endpoint in endpoints.values { pool.discard(endpoint) }
      throw Disturbance(address: address)
    }
    record.isSmall = execution.byteCount <= 4096
    record.transcript = execution.transcript
    if case .interrupted = observed.incident {
      note(.interrupted, in: &record)
    } else if let finding = Judgement.finding(observed) {
      // On a full disk an honest endpoint cannot do what it is told.
      let shortage = workspace.shortage(for: execution.byteCount)
      fail(&record, shortage.map(Finding.harness) ?? finding, entry, observed.name)
      record.failure?.endpoints = Side.allCases.map { side in
        EndpointTrace(
          name: observed.name(side), commands: LastCommands.lines(observed.exchanges.filter { $0.side == side }),
          standardError: endpoints[side]?.standardError.lines(first: 4, last: 8) ?? "")
      }
    }
    for side in Side.allCases {
      guard let endpoint = endpoints[side] else { continue }
      part(with: endpoint, observed.name(side), isSpent: servesOneCase(pairing), entry, &record)
    }
  }

  /// Gets the two endpoints and prepares the execution.
  private func endpoints(_ pairing: Plan.Pairing, _ execution: CaseExecution) throws -> [Side: EndpointProcess] {
    let adapters = [Side.writer: try adapter(pairing.writer), .reader: try adapter(pairing.reader)]
    let transport = pairing.channel.transport
    var endpoints: [Side: EndpointProcess] = [:]
    var stocks: [Side: InheritedStock] = [:]
    guard servesOneCase(pairing) else {
      for side in Side.allCases {
        guard let adapter = adapters[side] else { continue }
        let (endpoint, stock) = try pool.endpoint(adapter, side, transport)
        (endpoints[side], stocks[side]) = (endpoint, stock)
      }
      try execution.prepare(stocks)
      return endpoints
    }
    if settings.isTapped && transport.traits.isInherited {
      for side in Side.allCases { stocks[side] = try InheritedStock(transport, count: EndpointPool.linksPerCase) }
    }
    try execution.prepare(stocks)
    for side in Side.allCases {
      guard let adapter = adapters[side] else { continue }
      endpoints[side] = try pool.fresh(
        adapter, inheriting: stocks[side]?.inheritance ?? execution.inheritance(side))
    }
    for stock in stocks.values { stock.closeInheritance() }
    execution.closeInheritance()
    // Start both before waiting for either.
    for endpoint in endpoints.values { try pool.greet(endpoint) }
    return endpoints
  }

  // MARK: Examples

  private func hold(
    _ example: ExampleCase, _ entry: Plan.Entry, _ site: CaseSite, canRepeat: Bool, after disturbance: Disturbance?,
    _ record: inout CaseRecord
  ) throws {
    // The tap passes a stranger over. A program that listens itself takes whoever comes first.
    let network = disturbance == nil ? nil : OwnNetwork.enter()
    defer { network?.leave() }
    let adapter = try example.peer.map { try self.adapter($0) }
    let lookout = try Lookout(for: example)
    let start = try ExampleStart(
      example, adapter: adapter, pool: pool, isPeerFresh: network != nil, settings: settings, site: site)
    settings.beforeCase?(ReadyCase(entry, site.folder, start.processes))
    let held = try start.hold(interrupt: interrupt)
    record.transcript = Transcript(lines: held.transcript.kept, chunks: [])
    if held.isInterrupted {
      note(.interrupted, in: &record)
    } else if let finding = held.finding {
      // In a network of its own the program may miss something that it needs, so a failure there proves nothing.
      let stranger = network == nil ? lookout.stranger() : disturbance?.address
      if let stranger, canRepeat, network == nil {
        start.end()
        if let peer = start.peer, peer !== start.program { pool.discard(peer) }
        throw Disturbance(address: stranger)
      }
      let shortage = workspace.shortage(for: 0)
      let cause = (stranger.map(Judgement.disturbance) ?? shortage).map(Finding.harness)
      fail(&record, cause ?? finding, entry, held.name)
      record.failure?.endpoints = start.traces(held)
    }
    start.end()
    if let peer = start.peer, peer !== start.program {
      let isSpent = start.isPeerSpent || settings.isFresh
      part(with: peer, example.peer ?? "", isSpent: isSpent, entry, &record)
    }
  }

  // MARK: Outcomes

  private func fail(
    _ record: inout CaseRecord, _ finding: Finding, _ entry: Plan.Entry, _ names: @escaping (Side) -> String
  ) {
    record.outcome = .failed
    record.failure = Failure(finding, on: entry.pairing?.channel, settings.pages, names: names)
  }

  private func note(_ obstacle: Plan.Obstacle, in record: inout CaseRecord) {
    record.outcome = obstacle.outcome
    record.reason = obstacle.reason
    record.lack = obstacle.lack
    guard obstacle.outcome == .failed else { return }
    record.failure = Failure(
      .unusable(adapter: obstacle.adapter, obstacle.reason), on: nil, settings.pages, names: { _ in "" })
  }

  private func adapter(_ name: String) throws(HarnessError) -> Adapter {
    guard let adapter = adapters[name] else {
      throw HarnessError("The plan names the adapter \(name), which is missing.")
    }
    return adapter
  }

  /// Whether the endpoints serve this case only.
  private func servesOneCase(_ pairing: Plan.Pairing) -> Bool {
    settings.isFresh || (pairing.channel.traits.isInherited && !settings.isTapped)
  }

  private func part(
    with endpoint: EndpointProcess, _ name: String, isSpent: Bool, _ entry: Plan.Entry, _ record: inout CaseRecord
  ) {
    if record.outcome != .passed {
      // After a failure an endpoint may be in any state and would affect the next case.
      pool.discard(endpoint)
    } else if settings.isFresh {
      guard let problem = pool.finish(endpoint) else { return }
      fail(&record, .uncleanEnd(name, problem), entry) { _ in name }
    } else if isSpent {
      pool.discard(endpoint)
    }
  }
}
