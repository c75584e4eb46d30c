import AdapterProtocol
package import Baselines
package import Cases
import Foundation
package import Journal
import Synchronization

/// Runs a plan and reports events as they happen.
///
/// ```swift
/// let site = try Site(guardProgram: nil)
/// defer { site.close() }
/// let adapters = try AdapterCatalog(site: site, deadline: 10).adapters(in: AdapterCatalog.folders(in: "interop"))
/// let plan = Planner(adapters).plan(breadth: .quick)
/// try MatrixRun(plan, adapters: adapters, vectors: "interop/vectors", site: site, options: .init()).execute { print($0) }
/// ```
package struct MatrixRun: Sendable {
  /// How to run a plan.
  package struct Options: Sendable {
    /// The number of cases that run concurrently, 1 or more.
    package var jobs = 2
    /// How many descriptors the endpoints of a job may use.
    package var descriptors = DescriptorBudget.unlimited
    /// What to say of the run from the beginning, a sentence each.
    package var notes: [String] = []
    /// The timeout of a command in seconds.
    package var deadline: Double = 10
    /// Whether to start new processes for every case.
    package var isFresh = false
    /// Whether to use the tap.
    package var isTapped = true
    /// The number of times that every case runs, 1 or more.
    package var repeatCount = 1
    /// The command that runs the same cases again.
    package var command = "parley run"
    /// The words that run one case again.
    package var rerun: RerunRecord?
    /// A descriptor that becomes readable when the run must stop.
    package var interrupt: Int32?
    /// The known failures and flaky cases; nil for none.
    package var baseline: Baseline?
    /// The pages of the adapter protocol; failures quote their rules.
    package var pages = ProtocolPages([])
    /// Whether to give up an adapter that fails repeatedly in the same way.
    package var givesUp = true
    /// The baseline's entries that match no case of the whole plan.
    package var stale: [Baseline.Entry] = []
    /// Whether to stop at the first failure.
    package var stopsAtFailure = false
    /// Whether to keep the cases' files in the workspace.
    package var keepsFiles = false
    /// Called before each case, when both its processes have started.
    package var beforeCase: (@Sendable (ReadyCase) -> Void)?

    /// The defaults.
    package init() {}
  }

  private let plan: Plan
  private let adapters: [Adapter]
  private let site: Site
  package let options: Options
  private let settings: RunSettings

  /// Creates a run.
  ///
  /// - Parameters:
  ///   - plan: the cases.
  ///   - adapters: the adapters that the plan names.
  ///   - vectors: the path of the folder with the golden vectors.
  ///   - site: the run's workspace and guard.
  ///   - options: the options.
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
      deadline: options.deadline, startDeadline: EndpointProcess.startSeconds(command: options.deadline),
      isTapped: options.isTapped, isFresh: options.isFresh,
      environment: site.environment, temporaryFolder: site.workspace.temporaryFolder,
      descriptors: options.descriptors, reapsStrays: site.hasGuard, keepsFiles: options.keepsFiles,
      beforeCase: options.beforeCase)
  }

  /// Runs the plan.
  ///
  /// - Parameter record: called with every event, in order, by one thread at a time. If it throws, the run stops.
  /// - Throws: the error that the closure throws.
  package func execute(_ record: @escaping @Sendable (Event) throws -> Void) throws {
    let progress = Progress(
      plan: plan, repeatCount: options.repeatCount, givesUp: options.givesUp, record: record)
    let start = ContinuousClock.now
    progress.tell(.runStarted(runStart))
    if !options.pages.passages.isEmpty {
      progress.tell(.rules(Requirement.allCases.map(options.pages.record)))
    }
    for adapter in adapters { progress.tell(.adapter(adapter.record)) }
    for note in options.notes { progress.tell(.note(note)) }
    let byName = Dictionary(adapters.map { ($0.name, $0) }) { first, _ in first }
    let group = DispatchGroup()
    for number in 0..<options.jobs {
      let thread = Thread {
        work(number, byName, progress)
        group.leave()
      }
      // The default of 512 KiB is too little for the JSON and YAML coders.
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
        var record = CaseRecord(name: entry.name, outcome: obstacle.outcome, reason: obstacle.reason)
        record.rules = entry.rules.map(\.rawValue)
        progress.tell(.caseEnded(record))
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
    start.rerun = options.rerun
    start.repeatCount = options.repeatCount
    start.shard = plan.part?.shard
    start.missingCount = plan.missingCount > 0 ? plan.missingCount : nil
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
