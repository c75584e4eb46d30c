import Journal
import Reports
import Testing

@Suite("What a run says of each rule")
struct RuleCoverageTests {
  private static func coverage(_ events: [Event]) -> RuleCoverage {
    var coverage = RuleCoverage()
    for event in events { coverage.add(event) }
    return coverage
  }

  private static func row(_ outcomes: [Outcome], breaking: Bool = false, untestable: String? = nil) throws
    -> RuleCoverage.Row
  {
    let rule = RuleRecord(id: "L4", page: "p.md", line: 1, section: "s", text: "t", untestable: untestable)
    var coverage = RuleCoverage(rules: [rule])
    for outcome in outcomes {
      var record = CaseRecord(name: SampleRun.name("unix+line", "swift-c"), outcome: outcome)
      record.rules = ["L4", "Z99"]
      if breaking {
        record.failure = SampleRun.failure
        record.failure?.rule = rule
      }
      coverage.add(record)
    }
    #expect(coverage.rows.count == 1)
    return try #require(coverage.rows.first)
  }

  @Test("Each rule has its cases by outcome")
  func counts() throws {
    let row = try Self.row([.passed, .passed, .unexpected, .failed, .expected, .unsupported, .notRun])
    #expect(row.caseCount == 7 && row.passedCount == 3 && row.failedCount == 2 && row.notRunCount == 2)
    #expect(row.brokenCount == 0 && row.state == .passed)
  }

  @Test("The state is what a reader must know first")
  func states() throws {
    #expect(try Self.row([.failed], breaking: true).state == .broken)
    #expect(try Self.row([.failed]).state == .failed)
    #expect(try Self.row([.unsupported, .notRun]).state == .notRun)
    #expect(try Self.row([]).state == .unchecked)
    #expect(try Self.row([], untestable: "nobody can tell").state == .untestable)
    #expect(try Self.row([.passed], untestable: "nobody can tell").state == .passed)
  }

  @Test("A rule that only a failure names is there too")
  func unknownRule() {
    var failure = SampleRun.failure
    failure.rule = RuleRecord(id: "X9", page: "p.md", line: 1, section: "s", text: "t")
    let coverage = Self.coverage([
      .caseEnded(CaseRecord(name: SampleRun.name("unix+line", "swift-c"), outcome: .failed, failure: failure))
    ])
    #expect(coverage.rows.map(\.rule.id) == ["X9"] && coverage.count(.broken) == 1)
  }

  @Test("The sample has every state but one, and an older journal no rules")
  func sample() {
    let coverage = Self.coverage(EveryOutcome.events)
    #expect(coverage.rows.map(\.state) == [.passed, .untestable, .broken, .broken, .notRun, .unchecked])
    #expect(coverage == EveryOutcome.run().coverage)
    #expect(Self.coverage(SampleRun.events).rows.isEmpty)
  }
}
