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
    /// The pages of the adapter protocol, whose rules failures quote.
    package var pages = ProtocolPages([])
    /// Whether an adapter that fails again and again in the same way is put aside.
    package var givesUp = true
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
      pages: options.pages,
      deadline: options.deadline, isTapped: options.isTapped, isFresh: options.isFresh,
      environment: site.environment, temporaryFolder: site.workspace.path, keepsFiles: options.keepsFiles,
      beforeCase: options.beforeCase)
  }

  /// Carries the plan out.
  ///
  /// - Parameter record: is told every event, in order, by one thread at a time. If it throws, the run stops.
  /// - Throws: what the closure throws.
  package func execute(_ record: @escaping @Sendable (Event) throws -> Void) throws {
    let progress = Progress(
      plan: plan, repeatCount: options.repeatCount, givesUp: options.givesUp, record: record)
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
    while let (entry, obstacle) = progress.next(isInterrupted: isInterrupted) {
      if let obstacle {
        progress.tell(.caseEnded(CaseRecord(name: entry.name, outcome: obstacle.outcome, reason: obstacle.reason)))
        continue
      }
      if entry.obstacle == nil { progress.tell(.caseStarted(entry.name)) }
      let record = judged(entry, worker)
      progress.note(record, entry)
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
    start.missingCount = plan.missingCount > 0 ? plan.missingCount : nil
    start.rules = options.pages.passages.isEmpty ? nil : Requirement.allCases.map(options.pages.record)
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
