import AdapterProtocol
import Places
import Runner
import Testing
import WireFormats

@testable import Cases

/// The rules of the protocol: each has an id on a page, a cure, and something that checks it.
@Suite struct RequirementTests {
  /// Read once: there is a test for each rule.
  private static let loaded = Result { try ProtocolPages(interop: Here.interop) }
  private let pages: ProtocolPages

  init() throws { pages = try Self.loaded.get() }

  @Test func pagesAndRulesHaveTheSameIds() {
    #expect(Set(pages.ids()) == Set(Requirement.allCases.map(\.rawValue)))
    #expect(pages.passages.count == Requirement.allCases.count, "an id stands twice")
  }

  @Test(arguments: Requirement.allCases) func everyRuleHasItsSentenceAndACure(_ rule: Requirement) throws {
    let passage = try #require(pages.passage(of: rule))
    #expect(!passage.text.isEmpty && !passage.section.isEmpty && passage.line > 0)
    #expect(rule.cure.hasSuffix("."), "\(rule.cure)")
  }
}
