/// Gets this machine's shard from the environment variables of a CI system.
///
/// | system | variables |
/// |---|---|
/// | Kubernetes indexed job | `JOB_COMPLETION_INDEX`, from 0, and `JOB_COMPLETIONS`, which Kubernetes does not set: the job's manifest must set it to the number of completions |
/// | GitLab `parallel` | `CI_NODE_INDEX`, from 1, and `CI_NODE_TOTAL` |
/// | Slurm array | `SLURM_ARRAY_TASK_ID`, `SLURM_ARRAY_TASK_MIN`, `SLURM_ARRAY_TASK_COUNT`, and `SLURM_ARRAY_TASK_STEP`, by default 1 |
package struct ShardEnvironment {
  private let variables: [String: String]

  package init(_ variables: [String: String]) { self.variables = variables }

  /// The shard that the environment specifies.
  ///
  /// - Throws: a usage error if the variables are missing, incomplete or contradictory.
  package func shard() throws(HarnessError) -> Shard {
    var found: [(system: String, shard: Shard)] = []
    if let shard = try kubernetes() { found.append(("Kubernetes", shard)) }
    if let shard = try gitLab() { found.append(("GitLab", shard)) }
    if let shard = try slurm() { found.append(("Slurm", shard)) }
    guard let first = found.first else {
      if try number("CI_NODE_TOTAL") == 1 { return try Shard(index: 1, count: 1) }
      throw Self.error(
        "finds none of JOB_COMPLETION_INDEX (Kubernetes), CI_NODE_INDEX (GitLab) and SLURM_ARRAY_TASK_ID (Slurm) in the environment"
      )
    }
    guard found.allSatisfy({ $0.shard == first.shard }) else {
      let said = found.map { "\($0.system) says \($0.shard)" }.joined(separator: " and ")
      throw Self.error("finds a contradiction: \(said)")
    }
    return first.shard
  }

  private func kubernetes() throws(HarnessError) -> Shard? {
    guard let index = try number("JOB_COMPLETION_INDEX") else { return nil }
    guard let count = try number("JOB_COMPLETIONS") else {
      throw Self.error(
        "finds JOB_COMPLETION_INDEX without JOB_COMPLETIONS, which Kubernetes does not set; set it in the job's manifest to its completions"
      )
    }
    return try Self.shard(index + 1, count, "JOB_COMPLETION_INDEX is \(index), and JOB_COMPLETIONS is \(count)")
  }

  private func gitLab() throws(HarnessError) -> Shard? {
    let index = try number("CI_NODE_INDEX")
    let count = try number("CI_NODE_TOTAL")
    // GitLab sets a total of 1 and no index for a job without `parallel`.
    if index == nil, count ?? 1 == 1 { return nil }
    guard let index, let count else {
      throw Self.error("finds only one of CI_NODE_INDEX and CI_NODE_TOTAL")
    }
    return try Self.shard(index, count, "CI_NODE_INDEX is \(index), and CI_NODE_TOTAL is \(count)")
  }

  private func slurm() throws(HarnessError) -> Shard? {
    guard let id = try number("SLURM_ARRAY_TASK_ID") else { return nil }
    guard let least = try number("SLURM_ARRAY_TASK_MIN"), let count = try number("SLURM_ARRAY_TASK_COUNT") else {
      throw Self.error("finds SLURM_ARRAY_TASK_ID without SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT")
    }
    let step = try number("SLURM_ARRAY_TASK_STEP") ?? 1
    let most = try number("SLURM_ARRAY_TASK_MAX") ?? least + (count - 1) * step
    guard step > 0, most - least == (count - 1) * step, (id - least) % step == 0 else {
      throw Self.error(
        "finds a Slurm array with gaps (\(least) to \(most), \(count) tasks); give it numbers in a row, such as --array=0-7"
      )
    }
    return try Self.shard(
      (id - least) / step + 1, count,
      "SLURM_ARRAY_TASK_ID is \(id), SLURM_ARRAY_TASK_MIN \(least), and SLURM_ARRAY_TASK_COUNT \(count)")
  }

  private func number(_ name: String) throws(HarnessError) -> Int? {
    guard let text = variables[name], !text.isEmpty else { return nil }
    guard let number = Int(text), (0...Int(Int32.max)).contains(number) else {
      throw Self.error("finds \(name)=\(text), which is no number")
    }
    return number
  }

  private static func shard(_ index: Int, _ count: Int, _ said: String) throws(HarnessError) -> Shard {
    guard count >= 1, (1...count).contains(index) else { throw error("finds a contradiction: \(said)") }
    return try Shard(index: index, count: count)
  }

  private static func error(_ sentence: String) -> HarnessError {
    HarnessError("--shard auto \(sentence). Name the shard: --shard 2/8.", isUsage: true)
  }
}
