import Foundation
import Testing

@Suite struct TemplateTests {
  @Test(arguments: ["python", "c", "node", "bash"])
  func newAdapterAnswersHelloAndRefusesTheRest(_ template: String) throws {
    let check = try Check()
    let made = try check.run("new", "fresh", "--template", template)
    #expect(made.status == 0 && made.output.contains("parley adapter check"), "\(made.errors)")
    let ended = try check.run("check", "fresh")
    if ended.output.contains("is not installed") { return }
    #expect(ended.status == 0, "\(ended.output)")
    #expect(
      ended.rungs.prefix(7) == [
        "✓ reads adapter.yml", "✓ builds", "✓ starts and answers hello", "✓ refuses nonsense",
        "✓ keeps standard output clean", "✓ exits at the end of input", "✓ refuses what it does not declare",
      ])
    #expect(ended.output.hasSuffix("unix and line are the easiest (PROTOCOL.md, sections 2 to 4).\n"))
  }

  @Test func everyTemplateIsTested() throws {
    let templates = try FileManager.default.contentsOfDirectory(atPath: "\(Check.repository)/interop/templates")
    #expect(Set(templates) == ["python", "c", "node", "bash"])
  }

  @Test(arguments: [
    (["new", "No!"], "not of the form [a-z][a-z0-9._]*"),
    (["new", "x", "--template", "cobol"], "There is no template \"cobol\"; there are bash, c, node, python."),
    (["new", "interop"], "is there already"),
    (["check", "nowhere"], "nowhere: there is no folder"),
    (["check", "interop", "--timeout", "0"], "--timeout is 0.0"),
  ])
  func wrongUsageIsToldWithStatus2(_ arguments: [String], _ words: String) throws {
    let ended =
      try arguments.count == 2
      ? Check().run(arguments[0], arguments[1]) : Check().run(arguments[0], arguments[1], arguments[2], arguments[3])
    #expect(ended.status == 2 && ended.errors.contains(words), "\(ended.errors)")
  }

  @Test(arguments: ["new", "check"]) func helpFitsAScreenAndHasAnExample(_ command: String) throws {
    let ended = try Check().run(command, "--help")
    #expect(ended.status == 0 && ended.output.contains("Example: parley adapter \(command)"))
    #expect(ended.output.split(separator: "\n").count <= 24)
  }
}
