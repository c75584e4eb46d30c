import ArgumentParser
import CPlatform
import Cases
import Foundation
import Journal
import Reports
import Runner
import Synchronization

/// The command `parley run`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the matrix, or the named cases.",
    usage: "parley run [<glob> ...] [options]",
    discussion: """
      Example: parley run --with python 'messages/unix+*/**' --journal run.jsonl
      Exit status: 0 as expected, 1 something failed, 2 wrong usage, 3 the harness failed, 130 interrupted.
      """)

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "Run this many cases in parallel, 1 to 64. Default: the number of processors, at least 2.", valueName: "n"))
  var jobs: Int?

  @Flag(help: "Start new processes for each case. Default: a process runs many cases.")
  var fresh = false

  @Flag(name: .customLong("no-tap"), help: "Connect the endpoints without the tap. Failures then have less detail.")
  var noTap = false

  @Flag(
    name: .customLong("no-give-up"),
    help: "Run all cases of an adapter that keeps failing in the same way. Default: skip its remaining cases.")
  var noGiveUp = false

  @Option(name: .customLong("repeat"), help: ArgumentHelp("Run each case N times.", valueName: "n"))
  var repeatCount = 1

  @Option(help: ArgumentHelp("Write the journal: all events of the run, as JSON Lines.", valueName: "path"))
  var journal: String?

  @OptionGroup var reports: ReportOptions
  @OptionGroup var known: BaselineOptions
  @OptionGroup var shards: ShardOptions
  @OptionGroup var replay: ReplayOptions

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs is \(jobs); give 1 to 64.") }
    guard (1...1_000_000).contains(repeatCount) else {
      throw ValidationError("--repeat is \(repeatCount); give 1 to 1000000.")
    }
  }

  func run() throws {
    let interrupt = parley_catch_interrupts()
    let limit = DescriptorLimit.raise()
    // Checked first: a program that cannot start for lack of descriptors would not say so.
    let inUse = DescriptorLimit.inUse
    _ = try DescriptorBudget(limit: limit, inUse: inUse, jobs: 1, endpointLimit: DescriptorLimit.ofEndpoints)
    let repository = try Repository()
    let baseline = try known.load()
    let site = try Site(guardProgram: CommandLine.program, keepsWorkspace: replay.keep)
    defer { replay.close(site) }
    let usable = try adapters.load(repository, site)
    let examples = try cases.examples(repository, adapters)
    let whole = try cases.plan(usable, examples, isTapped: !noTap)
    let plan = try shards.part(of: whole).withoutMissing
    try plan.refuseEmptiness(usable)
    var options = MatrixRun.Options()
    let wanted = min(jobs ?? max(2, ProcessInfo.processInfo.activeProcessorCount), max(1, plan.entries.count))
    try options.use(jobs: wanted, limit: limit, inUse: inUse)
    options.notes = cases.notes(on: examples)
    options.deadline = adapters.timeout
    options.isFresh = fresh
    options.isTapped = !noTap
    options.repeatCount = repeatCount
    options.interrupt = interrupt
    options.command = command
    options.rerun = rerun(usable)
    options.pages = try ProtocolPages(interop: repository.interop)
    options.givesUp = !noGiveUp
    try options.use(baseline, on: whole, try repository.wholePlan(adapters, examples: cases.exampleFiles, usable))
    try replay.apply(to: &options, plan, interrupt)
    let matrix = try MatrixRun(
      plan, adapters: usable, vectors: repository.vectors, site: site, options: options)
    try reports.check(journal: journal)
    let earlier = try reports.earlier()
    // Not before everything else is known to be in order: an older journal may stand at the path.
    let file = try journal.map { path throws(JournalFile.Failure) in try JournalFile(creating: path) }
    let run = try carryOut(matrix, file)
    let summary = run.summary
    try reports.write(run, since: earlier)
    try Status.check(summary)
  }

  private func carryOut(_ matrix: MatrixRun, _ file: JournalFile?) throws -> WholeRun {
    let sink = Mutex(Sink(file: file, run: WholeRun(keepsCases: reports.needCases)))
    let progress = ProgressLine()
    defer { progress.end() }
    try matrix.execute { event in
      if let standing = try sink.withLock({ try $0.take(event) }) { progress.show(standing) }
    }
    return sink.withLock { $0.run }
  }

  /// The program as it was called.
  private var program: [String] {
    // A script that starts parley says how it was called, so that people see the command that they know.
    let script = ProcessInfo.processInfo.environment["PARLEY_COMMAND"]
    return script.map { [$0] } ?? [CommandLine.arguments[0], "run"]
  }

  /// How each case is run.
  private var manner: [String] {
    (fresh ? ["--fresh"] : []) + (noTap ? ["--no-tap"] : [])
      + (adapters.timeout == AdapterOptions.usualTimeout ? [] : ["--timeout", String(adapters.timeout)])
  }

  /// The command that runs the same cases in the same way again; where the reports go is no part of it, nor is the shard.
  private var command: String {
    var words = program + adapters.words + adapters.selection + cases.selection + manner
    if noGiveUp { words.append("--no-give-up") }
    if repeatCount > 1 { words += ["--repeat", String(repeatCount)] }
    words += known.words + cases.words + cases.globs
    return words.map(\.shellWord).joined(separator: " ")
  }

  /// The words that run one case again in the same way, with no more adapters than it needs.
  private func rerun(_ usable: [Adapter]) -> RerunRecord {
    RerunRecord(
      program: program, adapters: adapters.words(for: usable),
      options: (adapters.runtimes ? ["--runtimes"] : []) + cases.words + manner)
  }

  /// Where the events go: the journal and the summary.
  private struct Sink: @unchecked Sendable {
    let file: JournalFile?
    var run: WholeRun

    /// Takes an event; tells how far the run is when a case has ended.
    mutating func take(_ event: Event) throws -> ProgressLine.Standing? {
      try file?.append(event)
      run.add(event)
      guard case .caseEnded(let record) = event else { return nil }
      return ProgressLine.Standing(
        ended: run.summary.tally.ended, planned: run.summary.tally.planned, bad: run.summary.tally[.failed],
        name: record.name)
    }
  }
}
