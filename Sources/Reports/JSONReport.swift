import Foundation
import Journal

/// A run as JSON for programs, by the schema `Sources/Reports/Schema/report-1.schema.json`.
///
/// A property may be added without a new version; none is taken away or changes its meaning.
public struct JSONReport: Sendable {
  /// The version of the schema that the report keeps to.
  public static let version = 1

  private let run: WholeRun

  /// Reports on a run.
  public init(_ run: WholeRun) { self.run = run }

  /// The JSON document; ends with a line feed.
  ///
  /// - Throws: what the encoder throws, which it has no reason to.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(run)), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    var version = JSONReport.version
    var verdict: String
    var isComplete: Bool
    var balance: String
    var counts: [String: Int]
    var run: Start?
    var seconds: Double?
    var peakMemory: [String: Int]?
    var adapters: [AdapterRecord]
    var rules: [RuleRecord]?
    var channels: [String]
    var cases: [Case]
    var stale: [BaselineEntryRecord]
    var underWay: [String]
    var notes: [String]

    init(_ run: WholeRun) {
      let summary = run.summary
      verdict = summary.state.rawValue
      isComplete = summary.incompleteness == nil
      balance = summary.tally.line
      counts = ["planned": summary.tally.planned]
      for outcome in Outcome.allCases { counts[outcome.rawValue] = summary.tally[outcome] }
      self.run = summary.start.map { Start($0, summary.rerun) }
      seconds = summary.end?.seconds
      peakMemory = summary.end?.peakMemory
      adapters = summary.adapters
      rules = run.coverage.rows.isEmpty ? nil : run.coverage.rows.map(\.rule)
      channels = summary.channels
      cases = run.cases.map { Case($0, rerun: summary.rerun.command($0.name)) }
      stale = summary.stale
      underWay = summary.underWay.map(\.description).sorted()
      notes = summary.notes
    }
  }

  private struct Start: Encodable {
    var date: String
    var machine: String
    var command: String
    var wholeCommand: String?
    var jobs: Int
    var isFresh: Bool
    var isTapped: Bool
    var missingCount: Int?

    init(_ start: RunStart, _ rerun: RerunRecord) {
      date = start.date
      machine = start.machine
      command = rerun.wholePrefix
      wholeCommand = start.rerun == nil ? nil : start.quotedCommand
      jobs = start.jobs
      isFresh = start.isFresh
      isTapped = start.isTapped
      missingCount = start.missingCount
    }
  }

  private struct Case: Encodable {
    var name: String
    var suite: String
    var channel: String
    var writer: String
    var reader: String
    var scenario: String
    var outcome: String
    var reason: String?
    var lack: LackRecord?
    var seconds: Double
    var rerun: String?
    var rules: [String]?
    var failure: Failure?
    var transcript: Transcript?
    var known: [BaselineEntryRecord]?
    var flaky: FlakyRecord?

    init(_ record: CaseRecord, rerun: String) {
      name = record.name.description
      suite = record.name.suite
      channel = record.name.channel
      (writer, reader) = record.name.adapters
      scenario = record.name.scenario
      outcome = record.outcome.rawValue
      reason = record.reason
      lack = record.lack
      seconds = record.seconds
      rules = record.rules
      failure = record.failure
      known = record.known
      flaky = record.flaky
      // What passed speaks for itself: the journal has its transcript.
      guard record.outcome != .passed else { return }
      self.rerun = rerun
      transcript = record.transcript
    }
  }
}
