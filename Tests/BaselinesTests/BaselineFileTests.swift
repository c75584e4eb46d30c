import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases

@Suite struct BaselineFileTests {
  @Test func everythingIsReadWithItsLine() throws {
    let baseline = try BaselineTests.baseline(
      """
      # A comment.
      known-failures:
        # About the first.
        - case: messages/unix+line/swift-c/greeting   # one case
          reason: it is old
          link: https://example.org/1
          contains: "too: large"

        -
          case: "**/size-*"
          reason: |
            Two
            lines.
      flaky:
        - case: "*/fifo+*/**"
          reason: races
          retries: 3
      """)
    #expect(
      baseline.known.map(\.record) == [
        BaselineEntryRecord(
          file: "known.yml", line: 4, pattern: "messages/unix+line/swift-c/greeting", reason: "it is old",
          link: "https://example.org/1", contains: "too: large"),
        BaselineEntryRecord(file: "known.yml", line: 10, pattern: "**/size-*", reason: "Two\nlines."),
      ])
    #expect(baseline.known.allSatisfy { $0.retries == nil })
    #expect(baseline.flaky.map(\.record.line) == [15] && baseline.flaky.map(\.retries) == [3])
  }

  @Test(arguments: ["", "# nothing\n", "known-failures:\n", "known-failures: []\nflaky:\n", "---\n", "~\n"])
  func emptyListIsAList(_ text: String) throws {
    let baseline = try BaselineTests.baseline(text)
    #expect(baseline.known.isEmpty && baseline.flaky.isEmpty)
  }

  @Test(
    arguments: [
      ("known:\n", 1, "unknown key \"known\"; the keys are known-failures, flaky"),
      (
        "flaky:\n- case: x\n  reason: y\n  retires: 1\n", 4,
        "unknown key \"retires\"; the keys are case, reason, link, retries"
      ),
      ("known-failures:\n- case: x\n  reason: y\n  retries: 1\n", 4, "unknown key \"retries\""),
      ("known-failures:\n- reason: y\n", 2, "the entry has no case"),
      ("known-failures:\n- case: x\n", 2, "x has no reason; say why it fails"),
      ("known-failures:\n- case: x\n  reason: \"\"\n", 3, "reason is empty"),
      ("known-failures:\n- case: x\n  reason: [a]\n", 3, "reason must be a string"),
      ("known-failures:\n- x\n", 2, "an entry needs the keys case and reason"),
      ("known-failures:\n  case: x\n", 2, "known-failures must be a list of entries"),
      ("- case: x\n", 1, "a baseline is a mapping"),
      ("flaky:\n- case: x\n  reason: y\n", 2, "x needs retries, a number from 1 to 100"),
      ("flaky:\n- case: x\n  reason: y\n  retries: 0\n", 4, "x needs retries"),
      ("flaky:\n- case: x\n  reason: y\n  retries: often\n", 4, "x needs retries"),
      ("known-failures:\n- case: **/x\n  reason: y\n", 2, "quote a name that begins with *"),
      ("known-failures:\n- case: x\n  case: y\n", 2, "the key case occurs twice"),
      ("known-failures: [\n", 2, "this is not valid YAML"),
    ])
  func mistakeIsNamedWithItsLine(_ text: String, _ line: Int, _ words: String) {
    let error = #expect(throws: HarnessError.self) { try BaselineTests.baseline(text) }
    #expect(error?.isUsage == true)
    #expect(error?.description.hasPrefix("known.yml:\(line): ") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func fileThatIsNotThereIsNamed() {
    let error = #expect(throws: HarnessError.self) { try Baseline(contentsOf: "/nowhere/known.yml") }
    #expect(error?.description.hasPrefix("Cannot read the baseline /nowhere/known.yml") == true)
  }
}
