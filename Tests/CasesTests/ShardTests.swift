import AdapterProtocol
import Journal
import Places
import TestInputs
import Testing
import WireFormats

@testable import Cases

@Suite struct ShardTests {
  static let plan = some(Planner(["a", "b"].map { capabilities($0) }).plan(breadth: .usual))

  /// Every seventh case, since a debug build takes its time.
  static func some(_ plan: Plan) -> Plan {
    Plan(entries: plan.entries.enumerated().filter { $0.offset % 7 == 0 }.map(\.element))
  }

  /// An adapter that declares everything, or less.
  static func capabilities(
    _ name: String, transports: [String] = Transport.inMatrix.map(\.rawValue),
    framings: [String] = Framing.allCases.map(\.rawValue)
  ) -> Planner.Capabilities {
    Planner.Capabilities(name: name, transports: Set(transports), framings: Set(framings))
  }

  static func costs(_ seed: UInt64) -> CaseCosts {
    var random = SeededGenerator(seed: seed)
    return CaseCosts(
      plan.entries.filter { _ in Int.random(in: 0..<10, using: &random) > 0 }.map {
        CaseRecord(name: $0.name, outcome: .passed, seconds: Double.random(in: 0.0001...0.01, using: &random))
      })
  }

  static func parts(_ plan: Plan, _ count: Int, _ costs: CaseCosts?) throws -> [Plan] {
    try (1...count).map { plan.part(try Shard(index: $0, count: count), costs: costs) }
  }

  @Test(arguments: [1, 2, 3, 8, 64], [false, true])
  func everyCaseIsInExactlyOneShardInThePlansOrder(_ count: Int, _ isByCost: Bool) throws {
    let parts = try Self.parts(Self.plan, count, isByCost ? Self.costs(1) : nil)
    let names = parts.flatMap { $0.entries.map(\.name) }
    #expect(names.count == Self.plan.entries.count && Set(names) == Set(Self.plan.entries.map(\.name)))
    let order = Dictionary(uniqueKeysWithValues: Self.plan.entries.map(\.name).enumerated().map { ($1, $0) })
    for part in parts {
      let places = part.entries.compactMap { order[$0.name] }
      #expect(places == places.sorted())
      #expect(part.part?.wholeDigest == Self.plan.digest && part.part?.wholeCount == Self.plan.entries.count)
    }
  }

  @Test func shardsHaveAsManyCasesOrAsMuchToDo() throws {
    let counts = try Self.parts(Self.plan, 7, nil).map(\.entries.count)
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    let costs = Self.costs(2)
    let loads = try Self.parts(Self.plan, 7, costs).map { part in
      part.entries.map { costs.microseconds($0.name) }.reduce(0, +)
    }
    #expect(Double(loads.max() ?? 0) < 1.01 * Double(loads.min() ?? 0))
  }

  @Test func oneDearCaseHasAShardOfItsOwn() throws {
    let dear = Self.plan.entries[5].name
    let costs = CaseCosts(
      Self.plan.entries.map { CaseRecord(name: $0.name, outcome: .passed, seconds: $0.name == dear ? 1000 : 0.001) })
    #expect(try Self.parts(Self.plan, 4, costs).contains { $0.entries.map(\.name) == [dear] })
  }

  @Test(arguments: [false, true])
  func whatIsInstalledDoesNotMatter(_ isByCost: Bool) throws {
    let missing = Planner.Capabilities(
      name: "b", transports: [], framings: [], obstacle: Plan.Obstacle(outcome: .notRun, reason: "no b"))
    let broken = Planner.Capabilities(
      name: "b", transports: [], framings: [],
      obstacle: Plan.Obstacle(outcome: .failed, reason: "b burns", adapter: "b"))
    let costs = isByCost ? Self.costs(3) : nil
    let usual = try Self.parts(Self.plan, 5, costs)
    for other in [missing, broken, Self.capabilities("b", transports: ["unix"], framings: ["line"])] {
      let parts = try Self.parts(
        Self.some(Planner([Self.capabilities("a"), other]).plan(breadth: .usual)), 5, costs)
      #expect(parts.map { $0.entries.map(\.name) } == usual.map { $0.entries.map(\.name) })
      #expect(parts.map(\.part) == usual.map(\.part))
    }
  }

  @Test func moreShardsThanCasesLeaveSomeEmpty() throws {
    let plan = Plan(entries: Array(Self.plan.entries.prefix(3)))
    let counts = try Self.parts(plan, 8, nil).map(\.entries.count)
    #expect(counts == [1, 1, 1, 0, 0, 0, 0, 0])
  }

  @Test func costsAreMeansAndAMedianForTheRest() {
    func record(_ index: Int, _ seconds: Double) -> CaseRecord {
      CaseRecord(name: Self.plan.entries[index].name, outcome: .passed, seconds: seconds)
    }
    let costs = CaseCosts([record(0, 0.1), record(0, 0.3), record(1, 0.05), record(2, 1), record(3, 0)])
    #expect(
      (0..<5).map { costs.microseconds(Self.plan.entries[$0].name) } == [200_000, 50_000, 1_000_000, 200_000, 200_000])
    #expect(costs.digest != CaseCosts([record(0, 0.1)]).digest)
    #expect(CaseCosts([]).microseconds(Self.plan.entries[0].name) == 1)
  }

  @Test(arguments: ["0/8", "9/8", "1/0", "-1/8", "2", "2/8/3", "a/b", "/", "", "2/", "1/10001", " 2/8"])
  func whatIsNoShardIsRefused(_ text: String) {
    let error = #expect(throws: HarnessError.self) { try Shard(text, environment: [:]) }
    #expect(error?.isUsage == true)
  }

  @Test func shardIsReadAsItIsWritten() throws {
    let shard = try Shard("2/8", environment: [:])
    #expect(shard.index == 2 && shard.count == 8 && shard.description == "2/8")
  }
}

@Suite struct ShardEnvironmentTests {
  static let slurm = ["SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_COUNT": "8"]

  @Test(
    arguments: [
      (["JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "8"], "1/8"),
      (["JOB_COMPLETION_INDEX": "7", "JOB_COMPLETIONS": "8"], "8/8"),
      (["CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "8"], "2/8"), (["CI_NODE_TOTAL": "1"], "1/1"), (slurm, "2/8"),
      (slurm.merging(["SLURM_ARRAY_TASK_MAX": "11"]) { $1 }, "2/8"),
      (
        slurm.merging(["SLURM_ARRAY_TASK_ID": "8", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_MAX": "18"]) { $1 },
        "3/8"
      ),
      // Two that agree, and GitLab's total of a job that is not parallel.
      (slurm.merging(["CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "8"]) { $1 }, "2/8"),
      (slurm.merging(["CI_NODE_TOTAL": "1"]) { $1 }, "2/8"),
    ])
  func systemIsUnderstood(_ environment: [String: String], _ shard: String) throws {
    #expect(try Shard("auto", environment: environment).description == shard)
  }

  @Test(
    arguments: [
      ([:], "finds none of JOB_COMPLETION_INDEX (Kubernetes), CI_NODE_INDEX (GitLab) and SLURM_ARRAY_TASK_ID (Slurm)"),
      (["JOB_COMPLETION_INDEX": "3"], "without JOB_COMPLETIONS, which Kubernetes does not set"),
      (["JOB_COMPLETION_INDEX": "8", "JOB_COMPLETIONS": "8"], "JOB_COMPLETION_INDEX is 8, and JOB_COMPLETIONS is 8"),
      (["CI_NODE_INDEX": "2"], "finds only one of CI_NODE_INDEX and CI_NODE_TOTAL"),
      (["CI_NODE_TOTAL": "8"], "finds only one of CI_NODE_INDEX and CI_NODE_TOTAL"),
      (["CI_NODE_INDEX": "0", "CI_NODE_TOTAL": "8"], "CI_NODE_INDEX is 0, and CI_NODE_TOTAL is 8"),
      (["CI_NODE_INDEX": "two", "CI_NODE_TOTAL": "8"], "finds CI_NODE_INDEX=two, which is no number"),
      (["SLURM_ARRAY_TASK_ID": "1"], "without SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT"),
      (slurm.merging(["SLURM_ARRAY_TASK_MAX": "20"]) { $1 }, "a Slurm array with gaps (4 to 20, 8 tasks)"),
      (slurm.merging(["SLURM_ARRAY_TASK_ID": "12"]) { $1 }, "SLURM_ARRAY_TASK_ID is 12"),
      (
        slurm.merging(["CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "8"]) { $1 },
        "a contradiction: GitLab says 3/8 and Slurm says 2/8"
      ),
    ])
  func whatIsNotWholeIsRefused(_ environment: [String: String], _ words: String) {
    let error = #expect(throws: HarnessError.self) { try Shard("auto", environment: environment) }
    #expect(error?.isUsage == true && error?.description.hasPrefix("--shard auto finds ") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }
}
