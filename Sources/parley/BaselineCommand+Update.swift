import ArgumentParser
import Baselines
import CPlatform
import Cases
import Foundation
import Journal
import Runner
import Synchronization

/// The command `parley baseline update`.
struct BaselineUpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Update a baseline from a run, with the narrowest globs.",
    usage: "parley baseline update <file> [--journal <path>] [<glob> ...] [options]",
    discussion: """
      Example: parley run --journal run.jsonl; parley baseline update baseline.yml --journal run.jsonl
      Entries that are still correct stay as they are, with their comments and order. Entries whose cases pass are
      narrowed or removed. New failures are added at the end. Without --journal, parley runs the matrix first.
      """)

  @Argument(help: "The baseline file. It is created if it does not exist.")
  var file: String

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "Take the results from this journal of a finished run. Default: run the matrix.", valueName: "path"))
  var journal: String?

  @Flag(help: "Take the journal of an interrupted run too. Cases that were not run keep their entries.")
  var interrupted = false

  func validate() throws {
    if interrupted, journal == nil { throw ValidationError("--interrupted goes with --journal.") }
    if journal != nil, !cases.globs.isEmpty || cases.quick || cases.full || !cases.with.isEmpty {
      throw ValidationError("--journal has its cases; leave out the globs, --quick, --full and --with.")
    }
  }

  func run() throws {
    let repository = try Repository()
    let old = try BaselineTextFile.read(file) ?? ""
    // Before the run: with a bad file it would be for nothing.
    _ = try Baseline(text: old, file: file)
    let (records, day, isInterrupted) = try journal.map(read) ?? carryOut(repository)
    let update = try BaselineUpdate(
      old, file: file, records: records, whole: try repository.wholePlan(adapters, examples: cases.exampleFiles),
      date: day, isInterrupted: isInterrupted)
    if update.isChange || old.isEmpty { try BaselineTextFile.write(update.text, to: file) }
    let lines = update.remarks.isEmpty && !old.isEmpty ? ["\(file) is up to date."] : update.remarks
    FileHandle.standardOutput.writeReport(
      (lines + ["\(try Baseline(text: update.text, file: file).counts): \(file)"]).joined(separator: "\n") + "\n")
  }

  private func read(_ path: String) throws -> ([CaseRecord], String, isInterrupted: Bool) {
    let cases = try JournalCases(path)
    guard cases.isWhole else {
      JournalCases.complainOfCut(path)
      throw HarnessError("A baseline needs a complete run; run again.")
    }
    guard interrupted || !cases.isInterrupted else {
      throw HarnessError(
        "\(cases.interruption(path)) A baseline needs a complete run: run again, or take what is there with --interrupted."
      )
    }
    return (cases.records, cases.day, cases.isInterrupted)
  }

  private func carryOut(_ repository: Repository) throws -> ([CaseRecord], String, isInterrupted: Bool) {
    let interrupt = parley_catch_interrupts()
    let (limit, inUse) = (DescriptorLimit.raise(), DescriptorLimit.inUse)
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let usable = try adapters.load(repository, site)
    let plan = try cases.plan(usable, try cases.examples(repository, adapters), isTapped: true).withoutMissing
    try plan.refuseEmptiness(usable)
    var options = MatrixRun.Options()
    try options.use(
      jobs: min(max(2, ProcessInfo.processInfo.activeProcessorCount), plan.entries.count), limit: limit, inUse: inUse)
    options.deadline = adapters.timeout
    options.interrupt = interrupt
    let found = Mutex<(records: [CaseRecord], bad: Int, end: RunEnd?)>(([], 0, nil))
    let progress = ProgressLine()
    defer { progress.end() }
    let matrix = try MatrixRun(plan, adapters: usable, vectors: repository.vectors, site: site, options: options)
    try matrix.execute { event in
      found.withLock { found in
        if case .caseEnded(var record) = event {
          record.transcript = nil
          found.records.append(record)
          if record.outcome == .failed { found.bad += 1 }
          progress.show(
            ProgressLine.Standing(
              ended: found.records.count, planned: plan.entries.count, bad: found.bad, name: record.name))
        }
        if case .runEnded(let end) = event { found.end = end }
      }
    }
    let (records, _, end) = found.withLock { $0 }
    if end?.isInterrupted ?? true { throw ExitCode(Status.interrupted) }
    return (records, String(Date.now.formatted(.iso8601).prefix(10)), isInterrupted: false)
  }
}

extension Baseline {
  /// How much is listed.
  var counts: String {
    "\(known.count) known \(known.count == 1 ? "failure" : "failures"), \(flaky.count) flaky"
  }
}

/// A baseline's file.
enum BaselineTextFile {
  /// Its text; nil if it is not there.
  ///
  /// - Throws: ``HarnessError`` if it is there and cannot be read.
  static func read(_ path: String) throws(HarnessError) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw HarnessError("Cannot read the baseline \(path): is it a file, and text in UTF-8?", isUsage: true)
    }
  }

  /// Replaces it in one step, so that a full disk leaves the old one.
  ///
  /// - Throws: ``HarnessError`` with the reason.
  static func write(_ text: String, to path: String) throws(HarnessError) {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let new = "\(target).new"
    func failed(_ number: Int32) -> HarnessError {
      unlink(new)
      return HarnessError(
        "Cannot write the baseline \(path): \(String(cString: strerror(number))). Choose a path that can be written.")
    }
    let mode = (try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int) ?? 0o644
    let number = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
    guard number >= 0 else { throw failed(errno) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = errno
        close(number)
        throw failed(reason)
      }
      bytes = bytes.dropFirst(count)
    }
    guard close(number) == 0, rename(new, target) == 0 else { throw failed(errno) }
  }
}
