import Foundation
import Journal
import Testing

@Suite("The balance")
struct TallyTests {
  /// The example of the design.
  static var example: Tally {
    var tally = Tally(planned: 1320)
    tally.add(.passed, count: 1310)
    tally.add(.failed)
    tally.add(.expected, count: 2)
    tally.add(.unsupported, count: 6)
    tally.add(.notRun)
    return tally
  }

  @Test("The line is exactly that of the design")
  func line() {
    #expect(
      Self.example.line
        == "planned 1320 · passed 1310 · failed 1 · expected 2 · unexpected 0 · unsupported 6 · not run 1")
  }

  @Test("It balances when every planned case ended in something")
  func balance() {
    #expect(Self.example.isBalanced && Self.example.ended == 1320)
    var tally = Tally(planned: 2)
    tally.add(.passed)
    #expect(!tally.isBalanced)
    tally.add(.passed, count: 2)
    #expect(!tally.isBalanced)
  }

  @Test(
    "Failed and unexpected are not green, all else is",
    arguments: zip(Outcome.allCases, [true, false, true, false, true, true]))
  func green(outcome: Outcome, isGreen: Bool) {
    var tally = Tally(planned: 1)
    tally.add(outcome)
    #expect(tally.isGreen == isGreen)
    #expect(tally[outcome] == 1)
    tally.planned = 2
    #expect(!tally.isGreen, "one case is silently missing")
  }

  @Test("It comes back from JSON")
  func json() throws {
    #expect(try JSONDecoder().decode(Tally.self, from: JSONEncoder().encode(Self.example)) == Self.example)
  }
}
