import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases
@testable import Runner

@Suite struct PlannedAdaptersTests {
  @Test func missingToolchainIsNotRunWithTheCommandThatInstallsIt() {
    let plan = Planner([Self.adapter("x", .missing(program: "xc", install: "get xc"))]).plan(breadth: .quick)
    #expect(!plan.entries.isEmpty)
    let obstacle = Plan.Obstacle(
      outcome: .notRun, reason: "x needs xc, which is not installed; install it with: get xc",
      isMissing: true)
    #expect(plan.entries.allSatisfy { $0.obstacle == obstacle })
    #expect(plan.withoutMissing.entries.isEmpty && plan.withoutMissing.missingCount == plan.entries.count)
    #expect(plan.withoutMissing.part?.wholeDigest == plan.digest)
  }

  @Test func brokenAdapterFailsItsCasesAndNoOthers() {
    let declaration = Declaration(
      language: "y", runtime: "y", transports: Transport.inMatrix.map(\.rawValue),
      framings: Framing.allCases.map(\.rawValue), codecs: Codec.allCases.map(\.rawValue),
      features: Suite.allCases.flatMap(\.scenarios).compactMap(\.feature))
    let adapters = [Self.adapter("x", .broken("it burns")), Self.adapter("y", .ready(declaration))]
    let entries = Planner(adapters).plan(breadth: .quick).entries
    #expect(entries.contains { $0.name.pair.contains("x") } && entries.contains { !$0.name.pair.contains("x") })
    for entry in entries {
      let isOfX = entry.name.pair.contains("x")
      let obstacle = Plan.Obstacle(outcome: .failed, reason: "x cannot be used: it burns", adapter: "x")
      #expect(entry.obstacle == (isOfX ? obstacle : nil))
    }
  }

  private static func adapter(_ name: String, _ state: Adapter.State) -> Adapter {
    Adapter(name: name, title: name, folder: "/", state: state, command: [])
  }
}
