import Foundation
import Journal
import Places
import Synchronization
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// Baselines in runs of real endpoints.
@Suite struct FlakyTests {
  static func baseline(_ text: String) throws -> Baseline { try Baseline(text: text, file: "known.yml") }

  static let greeting = "messages/unix+line/swift-stumbles/greeting"

  @Test func flakyCaseIsTriedAgainAndCountsAsPassed() throws {
    let baseline = try Self.baseline("flaky:\n  - {case: \(Self.greeting), reason: it stumbles, retries: 2}\n")
    let trial = try Trial(["swift", "stumbles"], [Self.greeting]) { options in
      options.baseline = baseline
      options.jobs = 1
    }
    let record = try trial.record("swift-stumbles", "greeting")
    #expect(record.outcome == .passed && record.failure == nil)
    #expect(record.flaky?.tries == 2 && record.flaky?.retries == 2 && record.flaky?.entry.reason == "it stumbles")
    #expect(record.flaky?.failures.first?.seen == "the message \"other\" (5 bytes)")
  }

  @Test func flakyCaseThatNeverPassesFailsAfterItsTries() throws {
    let name = "messages/unix+line/swift-lies/greeting"
    let baseline = try Self.baseline("flaky:\n  - {case: \(name), reason: x, retries: 3}\n")
    let trial = try Trial(["swift", "lies"], [name]) { $0.baseline = baseline }
    let record = try trial.record("swift-lies", "greeting")
    #expect(record.outcome == .failed && record.failure != nil && record.flaky?.tries == 4)
  }

  @Test func caseThatIsNotListedIsTriedOnce() throws {
    let baseline = try Self.baseline("flaky:\n  - {case: messages/**/order, reason: x, retries: 3}\n")
    let trial = try Trial(["swift", "stumbles"], [Self.greeting]) { $0.baseline = baseline }
    let record = try trial.record("swift-stumbles", "greeting")
    #expect(record.outcome == .failed && record.flaky == nil)
  }

  @Test func brokenAdapterCanBeAKnownFailure() throws {
    let baseline = try Self.baseline(
      "known-failures:\n  - {case: \"**/bom-*/**\", reason: x, contains: cannot be used}\n")
    let trial = try Trial(["swift", "bom"], ["messages/unix+line/*/greeting"]) { $0.baseline = baseline }
    for (pair, outcome) in [("bom-bom", Outcome.expected), ("bom-swift", .expected), ("swift-bom", .failed)] {
      #expect(try trial.record(pair, "greeting").outcome == outcome)
    }
  }

  @Test func firstFailureEndsTheRunAndTheRestIsAccountedFor() throws {
    let trial = try Trial(["swift", "stumbles"], [Self.greeting]) { options in
      (options.jobs, options.repeatCount, options.stopsAtFailure) = (1, 1, true)
    }
    #expect(trial.records.map(\.outcome) == [.failed])
    let lies = try Trial(["lies"], ["messages/unix+line/*/*"]) { options in
      (options.jobs, options.stopsAtFailure) = (1, true)
    }
    #expect(lies.records.count { $0.outcome == .failed } == 1)
    #expect(lies.records.count > 10 && lies.records.last?.outcome == .notRun)
    #expect(lies.records.last?.reason == "the run stopped at the first failure")
  }

  @Test func bothProcessesAreUpBeforeACase() throws {
    let alive = Mutex<[Int]>([])
    _ = try Trial(["swift", "python"], ["messages/unix+line/swift-python/greeting"]) { options in
      options.beforeCase = { ready in
        alive.withLock { $0 += ready.processes.map { Int(kill($0.id, 0)) } }
        #expect(ready.processes.map(\.adapter) == ["swift", "python"])
        #expect(ready.processes.map(\.side) == ["writer", "reader"])
      }
    }
    #expect(alive.withLock { $0 } == [0, 0])
  }

  @Test func startingOfProcessesIsToldApartFromTheCase() throws {
    let trial = try Trial(["swift", "python"], ["messages/unix+line/swift-python/greeting"]) { options in
      (options.jobs, options.repeatCount) = (1, 1)
    }
    let record = try trial.record("swift-python", "greeting")
    #expect(record.startSeconds ?? 0 > 0 && record.ownSeconds > 0 && record.ownSeconds < record.seconds)
  }
}
