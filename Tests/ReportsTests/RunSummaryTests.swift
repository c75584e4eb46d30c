import Journal
import Reports
import Testing

@Suite("What a report needs of a run")
struct RunSummaryTests {
  private static var summary: RunSummary {
    var summary = RunSummary()
    for event in SampleRun.events { summary.add(event) }
    return summary
  }

  @Test("Cells by channel, in the order of the first case, and by pair, in the order of the names")
  func cells() {
    #expect(Self.summary.channels == ["unix+line", "fifo+line", "unix+varint"])
    #expect(Self.summary.pairs == ["python-swift", "swift-csharp", "swift-python"])
    #expect(Self.summary.cells["unix+line"]?["swift-python"]?.counts == [.passed: 2])
    #expect(Self.summary.cells["unix+varint"]?["swift-python"]?.total == 2)
    #expect(Self.summary.cells["unix+varint"]?["swift-csharp"] == nil)
  }

  @Test("Failures are those that failed and those that passed against the baseline")
  func failures() {
    #expect(Self.summary.failures.map(\.outcome) == [.failed, .unexpected])
    #expect(Self.summary.tally.isBalanced && !Self.summary.tally.isGreen)
    #expect(Self.summary.underWay.isEmpty)
  }

  @Test("The same reason is counted, not repeated")
  func reasons() {
    #expect(Self.summary.reasons.map(\.count) == [1, 1, 2, 1])
  }

  @Test("Speed is that of small cases which passed, all workers together")
  func speed() {
    #expect(Self.summary.smallCasesPerSecond == 200)
    #expect(RunSummary().smallCasesPerSecond == nil)
  }
}
