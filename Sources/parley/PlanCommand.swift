import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show how a run is split into shards. Nothing is built or started.",
    usage: "parley plan [<glob> ...] [--github-matrix <n> | --shards <n>] [options]",
    discussion: """
      Example: echo "matrix=$(parley plan --github-matrix 8)" >> "$GITHUB_OUTPUT"
      In the workflow, write strategy: {matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}}. Its steps can use
      ${{ matrix.shard }} (2/8), ${{ matrix.index }} (2) and ${{ matrix.count }} (8).
      """)

  @OptionGroup var cases: CaseOptions
  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "Print the matrix of a GitHub workflow with N jobs, 1 to 256, as a line of JSON.", valueName: "n"))
  var githubMatrix: Int?

  @Option(help: ArgumentHelp("Print the size of each of N shards. Default: 1.", valueName: "n"))
  var shards: Int?

  @OptionGroup var costs: CostOptions

  func validate() throws {
    if githubMatrix != nil, shards != nil { throw ValidationError("--github-matrix and --shards exclude each other.") }
    for (name, count) in [("--github-matrix", githubMatrix), ("--shards", shards)] {
      // GitHub takes no more jobs than this from a matrix.
      let most = name == "--shards" ? Shard.most : 256
      if let count, !(1...most).contains(count) { throw ValidationError("\(name) is \(count); give 1 to \(most).") }
    }
    if adapters.runtimes || !adapters.runtimePaths.isEmpty {
      throw ValidationError(
        "Which runtimes there are is not known without asking them; leave out --runtimes and --runtime.")
    }
  }

  /// One job of the matrix.
  private struct Job: Encodable {
    var shard: String
    var index: Int
    var count: Int
  }

  func run() throws {
    let repository = try Repository()
    let names = adapters.adapters?.split(separator: ",").map(String.init)
    let plan = try cases.plan(
      try AdapterCatalog.unasked(in: try repository.folders(adapters), only: names),
      try cases.examples(repository, adapters), isTapped: true)
    if let githubMatrix {
      let jobs = (1...githubMatrix).map { Job(shard: "\($0)/\(githubMatrix)", index: $0, count: githubMatrix) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
      let json = String(decoding: try encoder.encode(["include": jobs]), as: UTF8.self)
      FileHandle.standardOutput.writeReport("\(json)\n")
      return
    }
    let costs = try costs.load()
    var rows: [[String]] = []
    for index in 1...(shards ?? 1) {
      let part = plan.part(try Shard(index: index, count: shards ?? 1), costs: costs)
      let seconds = costs.map { costs in
        Double(part.entries.map { costs.microseconds($0.name) }.reduce(0, +)) / 1e6
      }
      let cost = seconds.map { String(Int($0.rounded(.up))) } ?? "not known"
      rows.append([part.part?.shard?.description ?? "", String(part.entries.count), cost])
    }
    FileHandle.standardOutput.writeReport(
      TextTable(header: ["shard", "cases", "seconds, one job"], rows: rows).text
        + "\n\(plan.entries.count) cases, digest \(plan.digest)\n")
  }
}
