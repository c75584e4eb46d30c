import AdapterProtocol
import Places
import Runner
import Testing
import WireFormats

@testable import Cases

/// The rules of the protocol: each has an id on a page, a cure, and something that checks it.
@Suite struct RequirementTests {
  /// Read once: there is an instance of the suite for each rule.
  private static let read = Result { try ProtocolPages(interop: Here.interop) }
  private let pages: ProtocolPages

  init() throws { pages = try Self.read.get() }

  @Test func pagesAndRulesHaveTheSameIds() {
    #expect(Set(pages.passages.map(\.id)) == Set(Requirement.allCases.map(\.rawValue)))
    #expect(pages.passages.count == Requirement.allCases.count, "an id stands twice")
  }

  @Test(arguments: Requirement.allCases) func everyRuleHasItsSentenceAndACure(_ rule: Requirement) throws {
    let passage = try #require(pages.passage(of: rule))
    #expect(!passage.text.isEmpty && !passage.section.isEmpty && passage.line > 0)
    let cure = try #require(Requirement.cures[rule], "\(rule.rawValue) \(rule) has no cure")
    #expect(cure.hasSuffix("."), "\(cure)")
  }
}
