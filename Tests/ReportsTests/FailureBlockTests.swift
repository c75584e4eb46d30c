import Foundation
import Journal
import Testing

@Suite("A failure explains itself")
struct FailureBlockTests {
  @Test(
    "The caret stands under the first byte that differs",
    arguments: [(0, 0), (1, 0), (100, 92), (107, 92), (108, 92)])
  func caret(offset: Int, windowStart: Int) throws {
    var failure = SampleRun.failure
    let (expected, seen) = (Array(repeating: "61", count: 16), Array(repeating: "62", count: 16))
    failure.difference?.offset = offset
    failure.difference?.windowStart = windowStart
    failure.difference?.expected = expected.joined()
    failure.difference?.seen = seen.joined()
    let lines = SampleRun.report(failure).split(separator: "\n", omittingEmptySubsequences: false)
    let mark = try #require(lines.firstIndex { $0.hasSuffix("^^") })
    #expect(lines[mark - 2].hasSuffix("61 61  |aaaaaaaaaaaaaaaa|"))
    #expect(lines[mark - 1].hasSuffix("62 62  |bbbbbbbbbbbbbbbb|"))
    #expect(lines[mark].count == 12 + 3 * (offset - windowStart) + 2)
    #expect(lines[mark].dropLast(2).allSatisfy { $0 == " " })
  }

  @Test("No bytes at all are told as nothing")
  func nothing() {
    var failure = SampleRun.failure
    failure.difference?.seen = ""
    #expect(SampleRun.report(failure).contains("            (nothing)\n"))
  }

  @Test("Without a difference or endpoints the block is short")
  func short() {
    let failure = Failure(blame: .harness, blamed: [], expected: "a workspace", seen: "none")
    #expect(
      SampleRun.report(failure).hasPrefix(
        """
        FAILED messages/unix+line/swift-c/greeting
          blame     harness
          expected  a workspace
          seen      none
          again     parley run 'messages/unix+line/swift-c/greeting'

        """))
  }

  @Test("The rule that is broken and what to do stand before the command that runs it again")
  func remedy() {
    var failure = Failure(blame: .reader, blamed: ["c (reader)"], expected: "one", seen: "two")
    failure.rule = RuleRecord(id: "R1", page: "PROTOCOL.md", line: 94, section: "3. Messages", text: "One message.")
    failure.advice = "Read one\nmessage."
    #expect(
      SampleRun.report(failure).contains(
        """
          seen      two
          breaks    PROTOCOL.md, line 94 (3. Messages), R1: One message.
          next      Read one
                    message.
          again     parley run

        """.dropLast()))
  }

  @Test("Two that are blamed are both named")
  func both() {
    let failure = Failure(blame: .both, blamed: ["swift (writer)", "c (reader)"], expected: "", seen: "")
    #expect(SampleRun.report(failure).contains("  blame     both: swift (writer) and c (reader)\n"))
  }

  @Test("Lines of standard error stay lines, whatever ends them", arguments: ["\n", "\r\n"])
  func lines(end: String) {
    var failure = SampleRun.failure
    failure.endpoints[0].standardError = "one\(end)two\(end)"
    let report = SampleRun.report(failure)
    #expect(report.contains("    | one"))
    #expect(report.contains("    | two"))
  }

  @Test("Twenty failures are shown whole, the names of the others below")
  func many() {
    let events = (1...23).map { number in
      Event.caseEnded(
        CaseRecord(
          name: SampleRun.name("unix+line", "swift-c", "size-\(number)"), outcome: .failed,
          failure: SampleRun.failure))
    }
    let report = SampleRun.report([.runStarted(SampleRun.start)] + events)
    #expect(report.components(separatedBy: "\n  again     ").count == 21)
    #expect(
      report.contains(
        """

        FAILED too:
          messages/unix+line/swift-c/size-21  blame writer
          messages/unix+line/swift-c/size-22  blame writer
          messages/unix+line/swift-c/size-23  blame writer

        """))
  }
}
