import Journal
import Testing

@Suite("Merging the journals of shards")
struct JournalMergeTests {
  /// Shard `index` of three of a plan of six cases.
  static func part(_ index: Int, _ change: (inout RunStart) -> Void = { _ in }) -> JournalMerge.Part {
    var start = Events.start
    (start.planned, start.wholeCount, start.repeatCount, start.planDigest) = (2, 6, 1, "abc")
    start.shard = ShardRecord(index: index, count: 3)
    change(&start)
    let names = [index, index + 3].map(name)
    let events: [Event] =
      [.runStarted(start), .adapter(AdapterRecord(name: "swift", title: "Swift", runtime: "Swift 6.3"))]
      + names.flatMap { [.caseStarted($0), .caseEnded(CaseRecord(name: $0, outcome: .passed, seconds: 0.1))] }
      + [.runEnded(RunEnd(seconds: Double(index), isInterrupted: false, peakMemory: ["swift": index]))]
    return JournalMerge.Part(path: "\(index).jsonl", events: events, isWhole: true)
  }

  static func name(_ number: Int) -> CaseName {
    CaseName(suite: "messages", channel: "unix+line", pair: "swift-swift", scenario: "size-\(number)")
  }

  static func merge(_ parts: [JournalMerge.Part]) -> JournalMerge {
    var merge = JournalMerge()
    for part in parts { merge.add(part) }
    return merge
  }

  @Test("All shards, in whatever order, are the whole run", arguments: [[1, 2, 3], [3, 1, 2]])
  func whole(order: [Int]) throws {
    let merge = Self.merge(order.map { Self.part($0) })
    #expect(merge.problems == [])
    guard case .runStarted(let start)? = merge.events.first, case .runEnded(let end)? = merge.events.last else {
      Issue.record("no start or end")
      return
    }
    #expect(start.planned == 6 && start.shard == nil && start.mergedCount == 3 && start.jobs == 6)
    #expect(end == RunEnd(seconds: 3, isInterrupted: false, peakMemory: ["swift": 3]))
    var ended: [CaseName] = []
    for case .caseEnded(let record) in merge.events { ended.append(record.name) }
    #expect(ended == (1...6).map(Self.name))
    #expect(merge.events.count { if case .adapter = $0 { true } else { false } } == 1)
  }

  @Test("A missing shard is named, and what is there has no end")
  func missing() {
    let merge = Self.merge([Self.part(1), Self.part(3)])
    #expect(merge.contradictions == [])
    #expect(merge.gaps == ["Shard 2 of 3 is missing."])
    #expect(!merge.events.contains { if case .runEnded = $0 { true } else { false } })
    #expect(merge.events.contains(.note("Merged although something is missing: Shard 2 of 3 is missing.")))
  }

  @Test("A shard that is there twice is named with both files")
  func doubled() {
    var copy = Self.part(2)
    copy.path = "copy.jsonl"
    let problems = Self.merge([Self.part(1), Self.part(2), copy, Self.part(3)]).problems
    #expect(problems == ["Shard 2 is there 2 times: 2.jsonl and copy.jsonl. Leave out all but one."])
  }

  @Test("A shard that is cut off is named, and what is there has no end")
  func cutOff() {
    var cut = Self.part(2)
    cut.events.removeLast(2)
    cut.isWhole = false
    let merge = Self.merge([Self.part(1), cut, Self.part(3)])
    #expect(
      merge.problems == ["2.jsonl is cut off: its run was killed, is still going on, or the disk was full."])
    #expect(!merge.events.contains { if case .runEnded = $0 { true } else { false } })
  }

  /// Makes one condition of a run another one.
  static func change(_ start: inout RunStart, _ what: String) {
    switch what {
    case "plan": start.planDigest = "other"
    case "number of planned cases": start.wholeCount = 7
    case "version": start.version = 1
    case "--repeat": start.repeatCount = 2
    case "--fresh": start.isFresh = true
    case "tap": start.isTapped = false
    case "number of shards": start.shard?.count = 4
    case "costs": start.shard?.costs = "ff"
    default: start.baseline = BaselineRecord(file: "b", digest: "x", knownCount: 0, flakyCount: 0, stale: [])
    }
  }

  @Test(
    "What is not of one run is told",
    arguments: [
      "plan", "number of planned cases", "version", "--repeat", "--fresh", "tap", "number of shards", "costs",
      "baseline",
    ])
  func unlike(what: String) {
    let problems = Self.merge([Self.part(1), Self.part(2) { Self.change(&$0, what) }, Self.part(3)]).problems
    #expect(
      problems.count == 1 && problems[0].hasPrefix("2.jsonl does not fit 1.jsonl: its \(what) is "), "\(problems)")
  }

  @Test("A run that is no shard, an impossible shard and nothing at all are told")
  func noShards() {
    #expect(
      Self.merge([Self.part(1) { $0.shard = nil }]).problems == ["1.jsonl is no shard: its run had no --shard."])
    let impossible = Self.merge([Self.part(1), Self.part(2), Self.part(7), Self.part(3)]).problems
    #expect(impossible == ["7.jsonl says that it is shard 7/3, which cannot be."])
    #expect(Self.merge([]).problems == ["There is nothing to merge."])
  }

  @Test("A case in two shards is named, and so is one that is lost")
  func cases() {
    var other = Self.part(2)
    other.events[3] = .caseEnded(CaseRecord(name: Self.name(1), outcome: .passed))
    let doubled = Self.merge([Self.part(1), other, Self.part(3)]).problems
    #expect(doubled == ["\(Self.name(1)) is in 1.jsonl and in 2.jsonl."])
    other.events.remove(at: 3)
    let lost = Self.merge([Self.part(1), other, Self.part(3)]).problems
    #expect(lost == ["The shards have 5 cases together, and the plan has 6."])
  }

  @Test("An adapter that differs from machine to machine is noted")
  func adapters() {
    var other = Self.part(2)
    other.events[1] = .adapter(AdapterRecord(name: "swift", title: "Swift", problem: "swift is not installed"))
    let merge = Self.merge([other, Self.part(1), Self.part(3)])
    #expect(merge.problems == [])
    #expect(
      merge.events.contains(
        .note(
          "swift is not the same on all machines: Swift 6.3, and swift is not installed in shard 2/3.")))
  }
}
