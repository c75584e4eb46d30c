import Journal
import Reports
import Testing

@Suite("Two runs compared")
struct RunComparisonTests {
  static func name(_ scenario: String) -> CaseName { SampleRun.name("unix+line", "swift-c", scenario) }

  static func record(_ scenario: String, _ outcome: Outcome, _ seconds: Double = 0.01) -> CaseRecord {
    CaseRecord(name: name(scenario), outcome: outcome, seconds: seconds)
  }

  /// The kinds of change, by name.
  static func kinds(_ comparison: RunComparison) -> [String: [String]] {
    [
      "failing": comparison.newlyFailing, "passing": comparison.newlyPassing, "lost": comparison.lost,
      "known": comparison.newlyKnown, "added": comparison.added, "removed": comparison.removed,
    ].mapValues { $0.map(\.name.scenario) }.filter { !$0.value.isEmpty }
  }

  static let all: [Outcome?] = [nil, .passed, .failed, .expected, .unexpected, .unsupported, .notRun]

  @Test("Every outcome before and after is of the right kind", arguments: all, all)
  func kind(old: Outcome?, new: Outcome?) {
    let comparison = RunComparison(
      old: old.map { [Self.record("x", $0)] } ?? [], new: new.map { [Self.record("x", $0)] } ?? [])
    let isRed = { (outcome: Outcome?) in outcome == .failed || outcome == .unexpected }
    var kind: String?
    if old == nil, new == nil {
      kind = nil
    } else if isRed(new) {
      kind = isRed(old) ? nil : "failing"
    } else if old == nil {
      kind = "added"
    } else if old == .passed {
      kind = new == .passed ? nil : new == .expected ? "known" : "lost"
    } else if new == nil {
      kind = "removed"
    } else if new == .passed, isRed(old) || old == .expected {
      kind = "passing"
    }
    #expect(Self.kinds(comparison) == (kind.map { [$0: ["x"]] } ?? [:]))
    #expect(comparison.isRegression == (kind == "failing" || kind == "lost"))
  }

  @Test("A case of several tries counts with its worst outcome")
  func tries() {
    let old = [Self.record("x", .passed), Self.record("x", .passed)]
    let new = [Self.record("x", .passed), Self.record("x", .failed), Self.record("x", .passed)]
    #expect(Self.kinds(RunComparison(old: old, new: new)) == ["failing": ["x"]])
    #expect(RunComparison(old: old, new: old).isEmpty)
  }

  /// A hundred cases of 10 ms and more, that scatter by a third either way.
  static func run(_ pace: Double, _ change: (Int, Double) -> Double = { $1 }) -> [CaseRecord] {
    (0..<100).map { number in
      let scatter = 1 + Double((number * 37) % 11 - 5) / 15 * (pace > 1 ? -1 : 1)
      return record("size-\(number)", .passed, change(number, (0.01 + Double(number) / 1000) * scatter) * pace)
    }
  }

  @Test("Another machine and scatter make no case slower", arguments: [0.2, 1, 1.5, 10])
  func noise(pace: Double) {
    let comparison = RunComparison(old: Self.run(1), new: Self.run(pace))
    #expect(comparison.slower.isEmpty && comparison.isEmpty && !comparison.isRegression)
    #expect(abs(comparison.pace / pace - 1) < 0.5)
  }

  @Test("A case that is really slower is found on any machine, and is no regression", arguments: [1, 3.0])
  func slower(pace: Double) {
    let new = Self.run(pace) { number, seconds in number == 42 ? seconds * 20 : seconds }
    let comparison = RunComparison(old: Self.run(1), new: new)
    #expect(comparison.slower.map(\.name.scenario) == ["size-42"])
    #expect(comparison.slower.first.map { $0.factor > 10 } ?? false)
    #expect(!comparison.isRegression)
  }

  @Test("The starting of a process is no part of a case's time")
  func starting() {
    let old = [Self.record("x", .passed, 0.1)]
    var new = [Self.record("x", .passed, 2)]
    #expect(RunComparison(old: old, new: new).slower.count == 1)
    new[0].startSeconds = 1.9
    #expect(RunComparison(old: old, new: new).slower.isEmpty)
  }

  @Test("What is many times slower, and still quick, is noise")
  func quick() {
    let old = (0..<20).map { Self.record("size-\($0)", .passed, 0.0001) }
    var new = old
    new[3].seconds = 0.0019
    #expect(RunComparison(old: old, new: new).slower.isEmpty)
  }

  @Test("Few cases are compared as they are, and failed ones not at all")
  func few() {
    let old = [Self.record("x", .passed, 0.1), Self.record("y", .failed, 0.1)]
    let new = [Self.record("x", .passed, 1), Self.record("y", .failed, 10)]
    let comparison = RunComparison(old: old, new: new)
    #expect(comparison.pace == 1)
    #expect(comparison.slower.map(\.name.scenario) == ["x"])
  }

  @Test("The text, line by line")
  func text() {
    var failed = Self.record("a", .failed)
    failed.failure = SampleRun.failure
    let old =
      [Self.record("a", .passed), Self.record("b", .passed), Self.record("c", .failed), Self.record("d", .failed)]
      + [Self.record("slow", .passed, 0.1)]
    let new =
      [failed, Self.record("b", .notRun), Self.record("c", .passed), Self.record("e", .passed)]
      + [Self.record("slow", .passed, 0.5)]
    #expect(
      ComparisonText(RunComparison(old: old, new: new)).text == """
        newly failing, 1 case:
          messages/unix+line/swift-c/a  passed → failed: writer: a frame

        lost: passed before, 1 case:
          messages/unix+line/swift-c/b  passed → not run

        newly passing, 1 case:
          messages/unix+line/swift-c/c  failed → passed

        new: not planned before, 1 case: messages/unix+line/swift-c/e

        gone: not planned now, 1 case: messages/unix+line/swift-c/d

        slower by more than noise, 1 case:
          messages/unix+line/swift-c/slow  100.00 ms → 500.00 ms, 5.00 times as long

        compared 4 · newly failing 1 · lost 1 · newly passing 1 · now known 0 · new 1 · gone 1 · slower 1 · pace 1.00

        """)
  }

  @Test("Cases that only one run planned are counted in a line, whichever run is narrower")
  func narrower() {
    let whole = (0..<9000).map { Self.record("size-\($0)", $0 < 8000 ? .passed : .unsupported) }
    let fewer = ComparisonText(RunComparison(old: whole, new: [whole[42]])).text
    #expect(
      fewer == """
        lost: passed before, not planned now, 7999 cases: messages/unix+line/swift-c/size-0 and 7998 more

        gone: not planned now, 1000 cases: messages/unix+line/swift-c/size-8000 and 999 more

        compared 1 · newly failing 0 · lost 7999 · newly passing 0 · now known 0 · new 0 · gone 1000 · slower 0 · pace 1.00

        """)
    let more = ComparisonText(RunComparison(old: [whole[42]], new: whole)).text
    #expect(more.hasPrefix("new: not planned before, 8999 cases: messages/unix+line/swift-c/size-0 and 8998 more\n\n"))
    let markdown = MarkdownReport(RunSummary(), changes: RunComparison(old: whole, new: []).changeLists).text
    #expect(
      markdown.contains(
        "not planned now: 8000**\n\n- <code>messages/unix+line/swift-c/size-0</code>\n- and 7999 more\n"))
  }
}
