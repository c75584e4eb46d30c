import AdapterProtocol
package import Baselines
package import Cases
import Foundation
package import Journal
import Synchronization

/// Carries a plan out and tells what happens as it happens.
///
/// ```swift
/// let site = try Site(guardProgram: nil)
/// defer { site.close() }
/// let adapters = try AdapterCatalog(site: site, deadline: 10).adapters(in: AdapterCatalog.folders(in: "interop"))
/// let plan = Planner(adapters).plan(breadth: .quick)
/// try MatrixRun(plan, adapters: adapters, vectors: "interop/vectors", site: site, options: .init()).execute { print($0) }
/// ```
package struct MatrixRun: Sendable {
  /// How a plan is carried out.
  package struct Options: Sendable {
    /// How many cases run side by side, 1 or more.
    package var jobs = 2
    /// How long a command may take, in seconds.
    package var deadline: Double = 10
    /// Whether every case has new processes.
    package var isFresh = false
    /// Whether the tap is in the channels.
    package var isTapped = true
    /// How often every case is carried out, 1 or more.
    package var repeatCount = 1
    /// The words with which a case is run again, before its name.
    package var command = "parley run"
    /// A descriptor that becomes readable when the run is to stop.
    package var interrupt: Int32?
    /// The known failures and flaky cases; nil if there is no such list.
    package var baseline: Baseline?
    /// The entries of the baseline that no case of the whole plan fits.
    package var stale: [Baseline.Entry] = []
    /// Whether the first failure ends the run.
    package var stopsAtFailure = false
    /// Whether the files of the cases stay in the workspace.
    package var keepsFiles = false
    /// Is called before each case that is tried, when both its processes are up.
    package var beforeCase: (@Sendable (ReadyCase) -> Void)?

    /// The defaults.
    package init() {}
  }

  private let plan: Plan
  private let adapters: [Adapter]
  private let site: Site
  package let options: Options
  private let settings: RunSettings

  /// Makes a run.
  ///
  /// - Parameters:
  ///   - plan: the cases.
  ///   - adapters: the adapters that the plan names.
  ///   - vectors: the folder of the golden vectors.
  ///   - site: where it takes place.
  ///   - options: how.
  /// - Throws: ``HarnessError`` if the vectors cannot be read.
  package init(
    _ plan: Plan, adapters: [Adapter], vectors: String, site: Site, options: Options
  ) throws(HarnessError) {
    self.plan = plan
    self.adapters = adapters
    self.site = site
    self.options = options
    settings = RunSettings(
      vectors: try GoldenVectors(folder: vectors), payloads: PayloadFiles(folder: site.workspace.path),
      deadline: options.deadline, isTapped: options.isTapped, isFresh: options.isFresh,
      environment: site.environment, temporaryFolder: site.workspace.path, keepsFiles: options.keepsFiles,
      beforeCase: options.beforeCase)
  }

  /// Carries the plan out.
  ///
  /// - Parameter record: is told every event, in order, by one thread at a time. If it throws, the run stops.
  /// - Throws: what the closure throws.
  package func execute(_ record: @escaping @Sendable (Event) throws -> Void) throws {
    let progress = Progress(plan: plan, repeatCount: options.repeatCount, record: record)
    let start = ContinuousClock.now
    progress.tell(.runStarted(runStart))
    for adapter in adapters { progress.tell(.adapter(adapter.record)) }
    let byName = Dictionary(adapters.map { ($0.name, $0) }) { first, _ in first }
    let group = DispatchGroup()
    for number in 0..<options.jobs {
      let thread = Thread {
        work(number, byName, progress)
        group.leave()
      }
      // Foundation gives 512 KiB, which is little for the JSON and YAML coders.
      thread.stackSize = 4 << 20
      group.enter()
      thread.start()
    }
    group.wait()
    progress.finish(seconds: (ContinuousClock.now - start) / .seconds(1), isInterrupted: isInterrupted)
    try progress.rethrow()
  }

  private func work(_ number: Int, _ adapters: [String: Adapter], _ progress: Progress) {
    let worker = Worker(
      number: number, adapters: adapters, settings: settings, workspace: site.workspace, interrupt: options.interrupt)
    while let entry = progress.next(isInterrupted: isInterrupted) {
      if entry.obstacle == nil { progress.tell(.caseStarted(entry.name)) }
      let record = judged(entry, worker)
      progress.tell(.caseEnded(record))
      if options.stopsAtFailure && (record.outcome == .failed || record.outcome == .unexpected) { progress.stop() }
    }
    worker.finish()
    for note in worker.notes { progress.tell(.note(note)) }
    progress.add(worker.peakMemory)
  }

  private var isInterrupted: Bool {
    guard let descriptor = options.interrupt else { return false }
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  private var runStart: RunStart {
    var start = RunStart(
      planned: plan.entries.count * options.repeatCount, jobs: options.jobs, isFresh: options.isFresh,
      isTapped: options.isTapped, machine: Self.machine, date: Date.now.formatted(.iso8601), command: options.command)
    start.planDigest = plan.part?.wholeDigest ?? plan.digest
    start.wholeCount = plan.part?.wholeCount ?? plan.entries.count
    start.repeatCount = options.repeatCount
    start.shard = plan.part?.shard
    start.baseline = options.baseline?.record(stale: options.stale)
    return start
  }

  /// The system and the number of processors.
  private static var machine: String {
    var name = utsname()
    uname(&name)
    func text<Value>(_ field: Value) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return
      "\(text(name.sysname)) \(text(name.release)), \(text(name.machine)), \(ProcessInfo.processInfo.activeProcessorCount) processors"
  }
}

/// What the workers share: the next case, and the events in order.
private final class Progress: Sendable {
  private struct State {
    var next = 0
    /// Set when a failure has ended the run.
    var isStopped = false
    var failure: (any Error)?
    var peakMemory: [String: Int] = [:]
  }

  private let plan: Plan
  private let total: Int
  private let record: @Sendable (Event) throws -> Void
  private let state = Mutex(State())

  init(plan: Plan, repeatCount: Int, record: @escaping @Sendable (Event) throws -> Void) {
    self.plan = plan
    total = plan.entries.count * repeatCount
    self.record = record
  }

  /// The next case, or nil when there is none or the run is to stop.
  func next(isInterrupted: Bool) -> Plan.Entry? {
    state.withLock { state in
      guard state.next < total, state.failure == nil, !state.isStopped, !isInterrupted else { return nil }
      defer { state.next += 1 }
      return plan.entries[state.next % plan.entries.count]
    }
  }

  func tell(_ event: Event) {
    state.withLock { state in
      guard state.failure == nil else { return }
      do { try record(event) } catch { state.failure = error }
    }
  }

  /// Has no further case begin.
  func stop() { state.withLock { $0.isStopped = true } }

  func add(_ peaks: [String: Int]) {
    state.withLock { $0.peakMemory.merge(peaks, uniquingKeysWith: max) }
  }

  /// Accounts for the cases that nobody came to, and ends the journal.
  func finish(seconds: Double, isInterrupted: Bool) {
    let (rest, peaks, isStopped) = state.withLock { ($0.next..<max($0.next, total), $0.peakMemory, $0.isStopped) }
    let reason = isStopped ? "the run stopped at the first failure" : "the run was interrupted"
    for index in rest {
      let name = plan.entries[index % plan.entries.count].name
      tell(.caseEnded(CaseRecord(name: name, outcome: .notRun, reason: reason)))
    }
    var memory = peaks
    memory["parley"] = Ledger.peakMemory(of: "self")
    tell(.runEnded(RunEnd(seconds: seconds, isInterrupted: isInterrupted, peakMemory: memory)))
  }

  func rethrow() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}

extension Adapter {
  /// What the journal says of the adapter.
  package var record: AdapterRecord {
    switch state {
    case .ready(let declaration): AdapterRecord(name: name, title: title, runtime: declaration.runtime)
    case .missing(let program, let install):
      AdapterRecord(name: name, title: title, problem: "\(program) is not installed", cure: install)
    case .broken(let problem): AdapterRecord(name: name, title: title, problem: problem)
    }
  }
}
