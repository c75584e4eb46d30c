import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases

@Suite struct BaselineTests {
  static let name = "messages/unix+line/swift-c/greeting"

  static func baseline(_ text: String) throws -> Baseline { try Baseline(text: text, file: "known.yml") }

  static func known(_ pattern: String, contains: String? = nil) throws -> Baseline {
    try baseline(
      "known-failures:\n  - case: \"\(pattern)\"\n    reason: why\n" + (contains.map { "    contains: \($0)\n" } ?? ""))
  }

  static func record(_ outcome: Outcome, seen: String? = nil) throws -> CaseRecord {
    CaseRecord(
      name: try #require(CaseName(name)), outcome: outcome,
      failure: seen.map { Failure(blame: .reader, blamed: ["c (reader)"], expected: "hello", seen: $0) })
  }

  @Test(arguments: [name, "**/greeting", "messages/*/swift-*/*"])
  func listedCaseThatFailsIsExpected(_ pattern: String) throws {
    let judged = try Self.known(pattern).judged(Self.record(.failed, seen: "nothing"))
    #expect(judged.outcome == .expected && judged.reason == "why" && judged.failure?.seen == "nothing")
    #expect(judged.known?.map(\.place) == ["known.yml:2"])
  }

  @Test func listedCaseThatPassesIsUnexpected() throws {
    let judged = try Self.known(Self.name).judged(Self.record(.passed))
    #expect(judged.outcome == .unexpected && judged.known?.map(\.place) == ["known.yml:2"])
    #expect(judged.reason == "it passes, and known.yml:2 says that it fails")
  }

  @Test(arguments: [Outcome.passed, .failed, .unsupported, .notRun])
  func caseThatIsNotListedIsLeftAlone(_ outcome: Outcome) throws {
    let record = try Self.record(outcome, seen: "x")
    #expect(try Self.known("**/other").judged(record) == record)
  }

  @Test(arguments: [Outcome.unsupported, .notRun])
  func listedCaseThatWasNotTriedIsLeftAlone(_ outcome: Outcome) throws {
    let record = try Self.record(outcome)
    #expect(try Self.known("**").judged(record) == record)
  }

  @Test(arguments: ["nothing at", "reader: c (reader)", "hello", "length prefix", "Traceback"])
  func failureWithTheTextIsExpected(_ text: String) throws {
    var record = try Self.record(.failed, seen: "nothing at all")
    record.failure?.difference = ByteDifference(
      subject: "the bytes", source: "vector", offset: 3, field: "length prefix", windowStart: 0, expected: "", seen: "")
    record.failure?.endpoints = [EndpointTrace(name: "c (reader)", commands: [], standardError: "Traceback (most")]
    #expect(try Self.known("**", contains: "\"\(text)\"").judged(record).outcome == .expected)
  }

  @Test func failureWithoutTheTextIsAFailureThatSaysWhichEntry() throws {
    let judged = try Self.known("**", contains: "blue").judged(Self.record(.failed, seen: "red"))
    #expect(judged.outcome == .failed && judged.known?.first?.contains == "blue")
  }

  @Test func oneOfSeveralEntriesMayDescribeTheFailure() throws {
    let text = """
      known-failures:
        - {case: "**", reason: one, contains: blue}
        - {case: "**", reason: two, contains: red}
      """
    let judged = try Self.baseline(text).judged(Self.record(.failed, seen: "red"))
    #expect(judged.outcome == .expected && judged.reason == "two")
    #expect(try Self.baseline(text).judged(Self.record(.passed)).known?.count == 2)
  }

  @Test func caseInBothListsIsRefusedWithBothLines() throws {
    let text = """
      known-failures:
        - {case: "**/greeting", reason: x}
      flaky:
        - {case: "messages/**", reason: y, retries: 1}
      """
    let error = #expect(throws: HarnessError.self) {
      try Self.baseline(text).refuseContradictions(among: ["messages/a/b-c/other", Self.name])
    }
    #expect(error?.isUsage == true)
    #expect(error?.description.hasPrefix("\(Self.name) is listed twice: as a known failure at known.yml:2") == true)
    #expect(error?.description.contains("as flaky at known.yml:4") == true)
  }

  static let whole = WholePlan(adapters: ["c", "python", "swift"], runtimeFamilies: ["python"])

  @Test(
    arguments: [
      // Planned, though not in this run: another scenario, pair, framing that only --full has, and a version of a runtime.
      ("messages/unix+line/swift-c/request-reply", false), ("**/python-python/greeting", false),
      ("*/tcp+varint/**", false), ("**/python3.4-swift/*", false), ("**/swift-python3.13*/*", false),
      // Not planned anywhere.
      ("messages/unix+line/swift-c/greetings", true), ("**/perl-*/**", true), ("messages/unix+lines/**", true),
      ("**/pythonista-swift/**", true), ("**/swift3.4-c/**", true), ("nothing", true),
    ])
  func entryIsStaleOnlyIfTheWholePlanHasNoCaseForIt(_ pattern: String, _ isStale: Bool) throws {
    let stale = try Self.known(pattern).stale(planned: [Self.name], whole: Self.whole)
    #expect(stale.map(\.glob.pattern) == (isStale ? [pattern] : []))
  }

  @Test func flakyEntriesCanBeStaleToo() throws {
    let text = "flaky:\n  - {case: nothing, reason: x, retries: 1}\n"
    #expect(
      try Self.baseline(text).stale(planned: [Self.name], whole: Self.whole).map(\.record.place) == ["known.yml:2"])
  }

  @Test func manyCasesAndEntriesAreSoonHeldAgainstEachOther() throws {
    let names = WholePlan(adapters: ["c", "swift"]).names(.usual)
    let entries = (0..<100).map { "  - {case: \"messages/unix+line/swift-c/none-\($0)*\", reason: x}\n" }
    let baseline = try Self.baseline("known-failures:\n" + entries.joined())
    let records = names.compactMap { CaseName($0).map { CaseRecord(name: $0, outcome: .passed) } }
    #expect(records.count > 1000 && records.allSatisfy { baseline.judged($0).outcome == .passed })
  }
}
