import AdapterCheck
import AdapterProtocol
import Places
import Testing
import WireFormats

@testable import Cases
@testable import Runner

/// Each rule of the protocol is checked by something, or it is said why not.
@Suite struct RuleCoverageTests {
  @Test func everyRuleIsCheckedOrItIsSaidWhyNot() throws {
    let checked = try Self.checked.get()
    let missing = Requirement.allCases.filter { rule in
      !checked.contains(rule) && rule.untestable == nil && rule.uncheckedYet == nil
    }
    #expect(missing == [], "\(missing.map { "\($0.rawValue) \($0)" })")
  }

  @Test func noRuleThatIsCheckedHasAReasonWhyNot() throws {
    let checked = try Self.checked.get()
    for rule in Requirement.allCases where checked.contains(rule) {
      #expect(rule.untestable == nil && rule.uncheckedYet == nil, "\(rule.rawValue) \(rule)")
    }
  }

  /// Whoever adds a rule adds a check: this number only ever goes down.
  @Test func whatIsNotCheckedYetDoesNotGrow() {
    #expect(Requirement.allCases.count { $0.uncheckedYet != nil } == 29)
  }

  @Test(arguments: Rung.allCases) func aRungNamesARuleOnce(_ rung: Rung) {
    #expect(Set(rung.requirements).count == rung.requirements.count)
  }

  private static let checked = Result { try all() }

  /// What any scenario, rung or example conversation checks.
  private static func all() throws -> Set<Requirement> {
    var rules = Set(Rung.allCases.flatMap(\.requirements))
    for suite in Suite.allCases {
      for channel in suite.channels(.full) {
        for scenario in suite.scenarios where scenario.applies(channel) {
          rules.formUnion(scenario.requirements(on: channel))
        }
      }
    }
    for path in ExampleCatalog.declarations(in: "\(Here.interop)/notes") {
      for conversation in try ExampleDeclaration(contentsOf: path).conversations {
        let example = ExampleCase(conversation: conversation, folder: "", command: [], program: "", peer: nil)
        rules.formUnion(example.rules)
      }
    }
    return rules
  }
}
