import ArgumentParser
import Cases
import Foundation
import Runner

/// Which part of the plan a run carries out.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run only this part of the cases, such as 2/8. auto reads it from Kubernetes, GitLab or Slurm.",
      valueName: "i/n"))
  var shard: String?

  @OptionGroup var costs: CostOptions

  func validate() throws {
    if costs.costs != nil, shard == nil { throw ValidationError("--costs says how to split; give --shard too.") }
  }

  /// The part of a plan that is wanted: all of it without `--shard`.
  ///
  /// - Throws: a usage error for what is no shard.
  func part(of plan: Plan) throws -> Plan {
    guard let shard else { return plan }
    let wanted = try Shard(shard, environment: ProcessInfo.processInfo.environment)
    return plan.part(wanted, costs: try costs.load())
  }
}

/// What cases cost, for splitting a plan.
struct CostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Split by the time that cases took in this journal; give the same to all shards. Default: split by count.",
      valueName: "journal"))
  var costs: String?

  /// Reads the costs, if they are given.
  func load() throws -> CaseCosts? { try costs.map { path in try CaseCosts(journal: path) } }
}
