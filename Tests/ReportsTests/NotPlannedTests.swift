import Journal
import Reports
import Testing

@Suite("What is not installed is one line")
struct NotPlannedTests {
  private static let words =
    "dotnet needs .build/dotnet, which is not installed; install it with: interop/dotnet/install"

  private static func run(_ change: (inout RunStart) -> Void) -> WholeRun {
    var run = WholeRun()
    for event in EveryOutcome.events {
      guard case .runStarted(var start) = event else {
        run.add(event)
        continue
      }
      change(&start)
      run.add(.runStarted(start))
    }
    return run
  }

  @Test("It stands directly above the balance, and not among the adapters")
  func text() {
    let report = TextReport(EveryOutcome.run().summary).text
    #expect(
      report.contains(
        "\n\nnot planned: 4 cases need an adapter that is not installed\nnot planned: \(Self.words)\nplanned 16 · "))
    #expect(!report.contains("\ndotnet: "))
  }

  @Test("A shard says so of its own cases, and one case is one")
  func shard() {
    let shard = Self.run { $0.shard = ShardRecord(index: 2, count: 8) }
    #expect(TextReport(shard.summary).text.contains("not planned: 4 cases of shard 2/8 need an adapter"))
    let one = Self.run { $0.missingCount = 1 }
    #expect(TextReport(one.summary).text.contains("not planned: 1 case needs an adapter"))
    let none = Self.run { $0.missingCount = 0 }
    #expect(TextReport(none.summary).text.contains("\n\nnot planned: \(Self.words)\nplanned 16"))
  }

  @Test("Every other report has it", arguments: ReportFormat.allCases)
  func others(format: ReportFormat) throws {
    #expect(try format.report(EveryOutcome.run()).contains("dotnet"), "\(format)")
  }

  @Test("Before version 3 its cases were planned, so it is among the adapters", arguments: [1, 2])
  func older(version: Int) {
    let report = TextReport(Self.run { ($0.version, $0.missingCount) = (version, nil) }.summary).text
    #expect(!report.contains("not planned:"))
    #expect(report.contains("\ndotnet: ✗ .build/dotnet is not installed; install it with: interop/dotnet/install\n"))
  }
}
