import Cases
import Testing

@testable import Runner

@Suite struct DescriptorBudgetTests {
  @Test func enoughForEveryJobChangesNothing() throws {
    let budget = try DescriptorBudget(limit: 1 << 20, inUse: 10, jobs: 64)
    #expect(budget.jobs == 64 && budget.stockCount == InheritedStock.usualCount)
    #expect(budget.remark(wanted: 64, limit: 1 << 20) == nil)
  }

  @Test func everyAllowedJobHasRoomForItsCases() throws {
    for limit in stride(from: 130, through: 20_000, by: 7) {
      for wanted in [1, 2, 3, 16, 64] {
        let budget = try DescriptorBudget(limit: limit, inUse: 12, jobs: wanted)
        let endpoints = 2 * DescriptorBudget.cost(stock: budget.stockCount) + DescriptorBudget.perStart
        #expect(endpoints <= budget.share, "\(limit) \(wanted)")
        #expect(12 + budget.jobs * (budget.share + DescriptorBudget.perCase) <= limit, "\(limit) \(wanted)")
        #expect((budget.remark(wanted: wanted, limit: limit) == nil) == (budget.jobs == wanted))
      }
    }
  }

  @Test func tooSmallALimitNamesTheNeededOne() throws {
    let error = #expect(throws: HarnessError.self) { try DescriptorBudget(limit: 100, inUse: 10, jobs: 4) }
    let words = try #require(error?.description)
    let needed = try #require(words.firstMatch(of: /at least (\d+)/).flatMap { Int($0.1) })
    #expect(try DescriptorBudget(limit: needed, inUse: 10, jobs: 4).jobs == 1)
    #expect(throws: HarnessError.self) { try DescriptorBudget(limit: needed - 1, inUse: 10, jobs: 4) }
  }
}
