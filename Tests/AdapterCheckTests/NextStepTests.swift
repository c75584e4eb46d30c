import AdapterProtocol
import Testing

@testable import AdapterCheck

@Suite struct NextStepTests {
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
