import AdapterProtocol
import Places
import Testing

@testable import AdapterCheck
@testable import Cases
@testable import Runner

@Suite struct RequirementTests {
  private let page: ProtocolPage

  init() throws { page = try ProtocolPage(contentsOf: "\(Check.repository)/interop/PROTOCOL.md") }

  @Test(arguments: Requirement.all) func everyRequirementStandsOnceInTheProtocol(_ requirement: Requirement) {
    #expect(page.places(of: requirement).count == 1, "\(requirement.phrase): lines \(page.places(of: requirement))")
  }

  @Test func quotationIsTheWholeSentenceWithItsLine() {
    let page = ProtocolPage(
      text: "# Page\n\n## 4. Rules\n\n- One\n  thing. Two\n  things are said. And more.\n- Last.\n")
    #expect(
      page.quotation(of: Requirement("things are", "")) == "PROTOCOL.md, line 7 (section 4): Two things are said.")
  }

  @Test func nextStepIsTheEasiestThatIsNotDeclared() {
    var declaration = Declaration(language: "x", runtime: "x", transports: [], framings: [], codecs: [], features: [])
    #expect(NextStep.sentence(after: declaration).contains("unix and line"))
    declaration.transports = ["unix"]
    declaration.framings = ["line"]
    #expect(NextStep.sentence(after: declaration).contains("fifo"))
    declaration.transports.append("fifo")
    #expect(NextStep.sentence(after: declaration).contains("multiprocessing"))
  }
}
