import Journal
import Testing

@testable import Reports

@Suite("Failures of one cause are one row")
struct FailureCauseTests {
  private static func record(_ number: Int, _ change: (inout Failure) -> Void) -> CaseRecord {
    var failure = EveryOutcome.prefixFailure
    change(&failure)
    let name = SampleRun.name("unix+line", "python-swift", "size-\(number)")
    return CaseRecord(name: name, outcome: .failed, failure: failure)
  }

  private static func field(_ field: String) -> (inout Failure) -> Void { { $0.difference?.field = field } }

  private static func rows(_ changes: [(inout Failure) -> Void]) -> [FailureCause] {
    FailureCause.causes(changes.enumerated().map { record($0.offset, $0.element) })
  }

  @Test("Words, numbers and offsets do not split a cause")
  func words() {
    let causes = Self.rows([
      { $0.seen = "it wrote others" }, { $0.seen = "nothing came" }, { $0.expected = "something else" },
      Self.field("length prefix of message 2, byte 1"), { $0.difference?.offset = 99 }, { $0.blame = .both },
    ])
    #expect(causes.map(\.indices) == [[0, 1, 2, 3, 4, 5]])
    #expect(causes[0].field == "length prefix of message 1, byte 3" && causes[0].code == "wrong-bytes")
    #expect(causes[0].seen == "it wrote others" && causes[0].rule?.id == "F1")
  }

  @Test("The culprit, its side, the finding, the field and the kind of the error do")
  func differences() {
    let causes = Self.rows([
      { _ in }, { $0.blamed = ["c (writer)"] }, { $0.blamed = ["python (reader)"] }, { $0.code = "short-stream" },
      Self.field("payload of message 1, byte 0"), { $0.difference = nil }, { $0.errorKind = "malformed" },
      { $0.errorKind = "truncated" },
    ])
    #expect(causes.map(\.indices) == (0..<8).map { [$0] })
  }

  @Test("Without codes, as in journals before version 3, the shape of the words counts")
  func oldJournals() {
    let causes = Self.rows([
      { ($0.code, $0.seen) = (nil, "8 bytes came, and c (reader) said \"one\"") },
      { ($0.code, $0.seen) = (nil, "12 bytes came, and swift (reader) said \"two\"") },
      { ($0.code, $0.seen) = (nil, "nothing came") },
    ])
    #expect(causes.map(\.indices) == [[0, 1], [2]])
  }

  @Test("The Markdown and the page show the field and the rule in the row")
  func rows() throws {
    var run = WholeRun()
    for event in EveryOutcome.events { run.add(event) }
    #expect(
      MarkdownReport(run.summary).text.contains(
        "| python &#40;writer&#41; | 2 | length prefix of message 1, byte 3 | F1 | it wrote others, "))
    #expect(
      try HTMLReport(run).text().contains(
        "\"field\":\"length prefix of message 1, byte 3\",\"rule\":\"F1\",\"seen\":\"it wrote others, "))
  }
}
