import Cases
import Testing

@testable import Runner

@Suite struct DescriptorBudgetTests {
  @Test func enoughForEveryJobChangesNothing() throws {
    let budget = try DescriptorBudget(limit: 1 << 20, inUse: 10, jobs: 64, endpointLimit: 1024)
    #expect(budget.jobs == 64 && budget.stockCount == InheritedStock.largestCount)
    #expect(budget.remark(wanted: 64, limit: 1 << 20) == nil)
  }

  @Test func everyAllowedJobHasRoomForItsCases() throws {
    for limit in stride(from: 130, through: 20_000, by: 7) {
      for wanted in [1, 2, 3, 16, 64] {
        let budget = try DescriptorBudget(limit: limit, inUse: 12, jobs: wanted, endpointLimit: 1024)
        let endpoints = 2 * DescriptorBudget.cost(stock: budget.stockCount) + DescriptorBudget.perStart
        #expect(endpoints <= budget.share, "\(limit) \(wanted)")
        #expect(12 + budget.jobs * (budget.share + DescriptorBudget.perCase) <= limit, "\(limit) \(wanted)")
        #expect((budget.remark(wanted: wanted, limit: limit) == nil) == (budget.jobs == wanted))
      }
    }
  }

  @Test func stockFollowsTheLimitOfTheEndpoint() throws {
    for (endpointLimit, count) in [(20, 5), (40, 12), (64, 24), (96, 24), (128, 32), (256, 64), (1 << 20, 64)] {
      let budget = try DescriptorBudget(limit: 1 << 20, inUse: 10, jobs: 2, endpointLimit: endpointLimit)
      #expect(budget.stockCount == count, "\(endpointLimit)")
    }
    // Whatever the endpoint may have, the runner has no more than its share.
    let budget = try DescriptorBudget(limit: 256, inUse: 10, jobs: 1, endpointLimit: 1024)
    #expect(budget.stockCount < InheritedStock.largestCount)
  }

  @Test func tooSmallALimitNamesTheNeededOne() throws {
    let error = #expect(throws: HarnessError.self) {
      try DescriptorBudget(limit: 100, inUse: 10, jobs: 4, endpointLimit: 1024)
    }
    let words = try #require(error?.description)
    let needed = try #require(words.firstMatch(of: /at least (\d+)/).flatMap { Int($0.1) })
    #expect(try DescriptorBudget(limit: needed, inUse: 10, jobs: 4, endpointLimit: 1024).jobs == 1)
    #expect(throws: HarnessError.self) {
      try DescriptorBudget(limit: needed - 1, inUse: 10, jobs: 4, endpointLimit: 1024)
    }
  }
}
