import Foundation
import Testing

@Suite struct TemplateTests {
  private static let templates = ["python", "c", "cpp", "csharp", "go", "java", "node", "ruby", "rust", "bash"]

  @Test(arguments: templates)
  func newAdapterAnswersHelloAndRefusesTheRest(_ template: String) throws {
    let check = try Check()
    let made = try check.run("new", "fresh", "--template", template)
    #expect(made.status == 0 && made.output.contains("parley adapter check"), "\(made.errors)")
    // Its reply to hello names the template's language: the program and the command say so.
    let program = try #require(
      FileManager.default.contentsOfDirectory(atPath: "\(check.folder)/fresh").first { $0.hasPrefix("endpoint.") })
    let text = try String(contentsOfFile: "\(check.folder)/fresh/\(program)", encoding: .utf8)
    let comment = text.split(separator: "\n").prefix(4).joined(separator: "\n")
    #expect(comment.contains("change language= and runtime= in the reply to hello"))
    #expect(made.output.contains("language= and runtime= in \(check.folder)/fresh/\(program)"), "\(made.output)")
    let ended = try check.run("check", "fresh")
    #expect(ended.status == 0, "\(ended.output)")
    #expect(
      ended.rungs.prefix(7) == [
        "✓ reads adapter.yml", "✓ builds", "✓ starts and answers hello", "✓ refuses nonsense",
        "✓ keeps standard output clean", "✓ exits at the end of input", "✓ refuses what it does not declare",
      ])
    #expect(ended.output.hasSuffix("unix and line are the easiest (PROTOCOL.md, sections 2 to 4).\n"))
  }

  @Test func startMayTakeLongerThanACommand() throws {
    let check = try Check()
    try #require(try check.run("new", "fresh").status == 0)
    let path = "\(check.folder)/fresh/endpoint.py"
    let program = try String(contentsOfFile: path, encoding: .utf8)
    // As a runtime that compiles its program at the first start.
    let slow = """
      import os
      import time

      if not os.path.exists("compiled"):
          open("compiled", "w").close()
          time.sleep(3)

      """
    try check.write("fresh/endpoint.py", program.replacing("import platform\n", with: "\(slow)import platform\n"))
    let ended = try check.run("check", "fresh", "--timeout", "2")
    #expect(ended.status == 0, "\(ended.output)")
    #expect(FileManager.default.fileExists(atPath: "\(check.folder)/fresh/compiled"))
  }

  @Test func everyTemplateIsTested() throws {
    let templates = try FileManager.default.contentsOfDirectory(atPath: "\(Check.repository)/interop/templates")
    #expect(Set(templates) == Set(Self.templates))
  }

  @Test(arguments: [
    (["new", "No!"], "not of the form [a-z][a-z0-9._]*"),
    (
      ["new", "x", "--template", "cobol"],
      "There is no template \"cobol\"; there are bash, c, cpp, csharp, go, java, node, python, ruby, rust."
    ),
    (["new", "interop"], "is there already"),
    (["new", "swift"], "swift is the name of "),
    (["new", "swift"], "choose another name, such as my_swift."),
    (["check", "nowhere"], "nowhere: there is no folder"),
    (["check", "interop", "--timeout", "0"], "--timeout is 0.0"),
  ])
  func wrongUsageIsToldWithStatus2(_ arguments: [String], _ words: String) throws {
    let ended =
      try arguments.count == 2
      ? Check().run(arguments[0], arguments[1]) : Check().run(arguments[0], arguments[1], arguments[2], arguments[3])
    #expect(ended.status == 2 && ended.errors.contains(words), "\(ended.errors)")
  }

  @Test func nameOfARuntimeIsTakenToo() throws {
    let check = try Check()
    try FileManager.default.createSymbolicLink(
      atPath: "\(check.folder)/interop/python", withDestinationPath: "\(Check.repository)/interop/python")
    for name in ["python", "python3.12", "python2.7"] {
      let ended = try check.run("new", name)
      #expect(ended.status == 2 && ended.errors.contains("choose another name, such as my_\(name)."), "\(ended.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(check.folder)/\(name)"))
    }
    #expect(try check.run("new", "my_python").status == 0)
  }

  @Test func helpListsTheTemplates() throws {
    #expect(
      try Check().run("new", "--help").output.contains(
        "The templates: bash, c, cpp, csharp, go, java, node, python, ruby, rust."))
  }

  @Test(arguments: ["new", "check"]) func helpFitsAScreenAndHasAnExample(_ command: String) throws {
    let ended = try Check().run(command, "--help")
    #expect(ended.status == 0 && ended.output.contains("Example: parley adapter \(command)"))
    #expect(ended.output.split(separator: "\n").count <= 24)
  }
}
