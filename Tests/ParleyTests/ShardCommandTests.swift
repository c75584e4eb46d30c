import Foundation
import Journal
import Testing

@Suite struct ShardCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { "\(folder.path)/\(name).jsonl" }

  /// What each case ended in, with its reason and blame; every case once.
  private func outcomes(_ journal: String) throws -> [String] {
    var outcomes: [String] = []
    let isWhole = try JournalFile.read(journal) { event in
      guard case .caseEnded(let record) = event else { return }
      // A liar that reads datagrams has two faults, and which of them is seen first depends on the time.
      let hasTwoFaults = record.name.channel == "unix-datagram+none" && record.name.pair == "lies-lies"
      let blame = hasTwoFaults ? "" : record.failure?.blame.rawValue ?? ""
      outcomes.append("\(record.name) \(record.outcome.rawValue) \(record.reason ?? "") \(blame)")
    }
    #expect(isWhole && Set(outcomes).count == outcomes.count)
    return outcomes.sorted()
  }

  /// A small matrix with passes, failures, a broken adapter, and one that is missing where a program is not on PATH.
  private func words() throws -> [String] {
    let adapter = "\(folder.path)/gone"
    try FileManager.default.createDirectory(atPath: adapter, withIntermediateDirectories: true)
    try """
    name: gone
    title: An adapter of a toolchain that not every machine has
    needs: [{program: parley-test-toolchain, install: "get it"}]
    run: [parley-test-toolchain]
    """.write(toFile: "\(adapter)/adapter.yml", atomically: true, encoding: .utf8)
    return [
      "--adapters", "swift,lies,bom,gone", "--adapter", Parley.fake("lies"), "--adapter", Parley.fake("bom"),
      "--adapter", adapter, "messages/*/*/greeting",
    ]
  }

  /// A PATH on which the toolchain is there, as the endpoint in Python.
  private func richPath() throws -> String {
    let tools = "\(folder.path)/tools"
    try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
    let program = "\(tools)/parley-test-toolchain"
    try "#!/bin/sh\nexec python3 -E -S \(Parley.repository)/interop/python/endpoint.py\n".write(
      toFile: program, atomically: true, encoding: .utf8)
    chmod(program, 0o755)
    return "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
  }

  @Test(arguments: [false, true])
  func mergedShardsAreOneWholeRunCaseForCase(_ isByCost: Bool) throws {
    let words = try words()
    let whole = try Parley.run(["run", "--journal", path("whole")] + words)
    try #require(whole.status == 1)
    let costs = isByCost ? ["--costs", path("whole")] : []
    let shards = (1...8).map { path("shard-\($0)") }
    for (index, shard) in shards.enumerated() {
      let ended = try Parley.run(["run", "--shard", "\(index + 1)/8", "--journal", shard] + costs + words)
      _ = try ended.balance()
      #expect(ended.output.contains("shard \(index + 1)/8 of a plan of "))
    }
    let merged = try Parley.run(["merge"] + shards.reversed() + ["-o", path("merged")])
    #expect(merged.status == 0 && merged.errors == "", "\(merged.errors)")
    let (parts, all) = (Set(try outcomes(path("merged"))), Set(try outcomes(path("whole"))))
    #expect(parts.symmetricDifference(all).sorted() == [])
    #expect(try merged.balance() == whole.balance())
    let report = try Parley.run(["report", path("merged")])
    #expect(report.status == 1 && report.errors == "")
    #expect(try report.balance() == whole.balance())
    #expect(report.output.contains("merged from 8 shards\n"))
    let diff = try Parley.run(["diff", path("whole"), path("merged")])
    #expect(diff.status == 0, "\(diff.output)")
  }

  @Test func machinesWithAndWithoutAToolchainShareTheCases() throws {
    let words = try words()
    let rich = try richPath()
    let shards = (1...3).map { path("shard-\($0)") }
    for (index, shard) in shards.enumerated() {
      _ = try Parley.run(
        ["run", "--shard", "\(index + 1)/3", "--journal", shard] + words, environment: index == 1 ? ["PATH": rich] : [:]
      )
    }
    let merged = try Parley.run(["merge"] + shards + ["-o", path("merged")])
    #expect(merged.status == 0, "\(merged.errors)")
    let all = try outcomes(path("merged"))
    let list = try Parley.run(["list"] + words)
    let names = Set(all.compactMap { $0.split(separator: " ").first })
    #expect(names.isStrictSuperset(of: list.lines.compactMap { $0.split(separator: " ").first }))
    #expect(all.contains { $0.contains("/gone-swift/greeting passed") })
    let report = try Parley.run(["report", path("merged")])
    #expect(report.output.contains("note: gone is not the same on all machines: "))
    #expect(report.output.contains(#/\nnot planned: \d+ cases need an adapter that is not installed\nplanned /#))
  }

  @Test func shardOfNothingButMissingCasesIsMergedLikeAnyOther() throws {
    let words = try words().map { $0 == "messages/*/*/greeting" ? "messages/unix+line/gone-swift/greeting" : $0 }
    let ended = try Parley.run(["run", "--shard", "1/1", "--journal", path("1")] + words)
    #expect(ended.status == 0 && ended.output.contains("not planned: 1 case of shard 1/1 needs an adapter"))
    #expect(try ended.balance()["planned"] == 0)
    #expect(try Parley.run(["merge", path("1"), "-o", path("merged")]).status == 0)
    #expect(try Parley.run(["run"] + words).status == 2)
  }

  @Test func missingDoubledAndForeignShardsAreRefused() throws {
    let words = Parley.greetings
    for index in 1...2 {
      try #require(
        try Parley.run(["run", "--shard", "\(index)/2", "--journal", path("\(index)")] + words).status == 0)
    }
    try #require(
      try Parley.run(["run", "--shard", "2/2", "--journal", path("other")] + words.dropLast()).status == 0)
    func merge(_ names: [String], _ more: [String] = []) throws -> Ended {
      try Parley.run(["merge"] + names.map(path) + ["-o", path("out")] + more)
    }
    for (names, problem) in [
      (["1"], "Shard 2 of 2 is missing."), (["1", "2", "2"], "Shard 2 is there 2 times: "),
      (["1", "other"], "does not fit \(path("1")): its plan is "),
    ] {
      let ended = try merge(names)
      #expect(ended.status == 1 && ended.output == "" && ended.errors.contains(problem), "\(ended.errors)")
      #expect(ended.errors.contains("parley: Nothing was written."))
      #expect(!FileManager.default.fileExists(atPath: path("out")))
    }
    #expect(try merge(["1", "other"], ["--incomplete"]).status == 1)
    let incomplete = try merge(["1"], ["--incomplete"])
    #expect(incomplete.status == 0 && incomplete.errors.contains("Shard 2 of 2 is missing."))
    let report = try Parley.run(["report", path("out")])
    #expect(report.status == 130 && report.errors.contains("is cut off"))
    #expect(try report.balance()["not run"] == 2)
    let onto = try Parley.run(["merge", path("1"), path("2"), "-o", path("1")])
    #expect(onto.status == 2 && onto.errors.contains("is one of the journals to merge"))
    #expect(try merge(["1", "2"]).status == 0)
  }

  @Test func shardOfTheEnvironmentIsUnderstood() throws {
    let ended = try Parley.run(
      ["run", "--shard", "auto"] + Parley.greetings, environment: ["CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4"])
    #expect(ended.status == 0 && ended.output.contains("shard 2/4 of a plan of 4 cases, split by count\n"))
    #expect(try ended.balance()["planned"] == 1)
  }

  @Test(arguments: [
    (["--shard", "9/8"], "There is no shard 9/8"), (["--shard", "x"], "\"x\" is no shard"),
    (["--shard", "auto"], "--shard auto finds none of JOB_COMPLETION_INDEX"),
    (["--costs", "/nowhere"], "--costs says how to split; give --shard too."),
  ])
  func whatIsNoShardIsRefused(_ words: [String], _ problem: String) throws {
    let ended = try Parley.run(
      ["run"] + words + Parley.greetings,
      environment: ["JOB_COMPLETION_INDEX": "", "CI_NODE_INDEX": "", "CI_NODE_TOTAL": "", "SLURM_ARRAY_TASK_ID": ""])
    #expect(ended.status == 2 && ended.errors.contains(problem), "\(ended.errors)")
  }

  @Test func matrixOfAWorkflowIsOneLineOfJSON() throws {
    struct Matrix: Decodable, Equatable {
      struct Job: Decodable, Equatable {
        var shard: String
        var index: Int
        var count: Int
      }
      var include: [Job]
    }
    let ended = try Parley.run(["plan", "--github-matrix", "8"])
    #expect(ended.status == 0 && ended.lines.count == 1)
    let matrix = try JSONDecoder().decode(Matrix.self, from: Data(ended.output.utf8))
    #expect(matrix.include == (1...8).map { Matrix.Job(shard: "\($0)/8", index: $0, count: 8) })
    #expect(try Parley.run(["plan", "--github-matrix", "0"]).status == 2)
  }

  @Test func planSaysWhatEachShardHas() throws {
    let ended = try Parley.run(["plan", "--shards", "3", "--adapters", "swift,python", "messages/unix+line/**"])
    #expect(ended.status == 0)
    let counts = ended.lines.dropFirst(2).prefix(3).compactMap {
      $0.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    let list = try Parley.run(["list", "--adapters", "swift,python", "messages/unix+line/**"])
    #expect(counts.count == 3 && counts.reduce(0, +) == list.lines.count)
  }
}
