import Testing

@Suite struct TutorialTests {
  @Test(arguments: 1...6) func everyStepEndsAsTheTutorialShows(_ step: Int) throws {
    let tutorial = try Tutorial()
    try #require(tutorial.stepCount == 6 && tutorial.transcripts.count == 6)
    let check = try Check()
    try tutorial.write(after: step, into: check)
    let ended = try check.run("check", "tutorial")
    let shown = tutorial.transcripts[step - 1]
    // The tutorial's reader has more partners than this test.
    let rungs = Check.rungs(in: shown).filter { !$0.hasSuffix("with every other adapter") }
    let seen = ended.rungs.filter { !$0.hasSuffix("with every other adapter") }
    #expect(seen.suffix(rungs.count) == rungs, "\(ended.output)")
    let compared = ["FAILED", "Next", "  blame", "  breaks", "  next"]
    for line in shown.split(separator: "\n") where compared.contains(where: line.hasPrefix) {
      #expect(Self.withoutLineNumber(ended.output).contains(Self.withoutLineNumber(String(line))), "\(ended.output)")
    }
    #expect(ended.status == (shown.contains("FAILED") ? 1 : 0))
  }

  @Test func adapterOfTheTutorialSpeaksUnixAndFifo() throws {
    let tutorial = try Tutorial()
    let check = try Check()
    try tutorial.write(after: 5, into: check)
    let ended = try check.run("check", "tutorial", "--full")
    #expect(ended.status == 0, "\(ended.output)")
    #expect(ended.output.contains("✓ greets over each transport        unix+line, fifo+line\n"))
    #expect(ended.output.contains("64-byte round trip over unix+line"))
    #expect(ended.output.contains("start-up to the reply"))
  }

  @Test func adapterOfTheTutorialIsSmall() throws {
    let lines = try Tutorial().program(after: 5).split(separator: "\n")
    #expect(lines.count <= 186)
    for line in lines { #expect(line.count <= 125, "\(line)") }
  }

  /// The line of PROTOCOL.md may move without a change of the page here.
  private static func withoutLineNumber(_ text: String) -> String {
    text.replacing(/PROTOCOL\.md, line \d+/, with: "PROTOCOL.md")
  }
}
