import Journal

/// A run as JUnit XML, as GitHub, GitLab and Jenkins read it: a suite a channel.
///
/// It keeps to the elements and attributes of the schema of Jenkins' xUnit plug-in (`junit-10.xsd`).
public struct JUnitReport: Sendable {
  private let run: WholeRun

  /// The most of a text that is given for one case, in characters: CI systems drop files of many megabytes.
  private static let longestText = 20_000

  /// Reports on a run.
  public init(_ run: WholeRun) { self.run = run }

  /// The XML document; ends with a line feed.
  public var text: String {
    let byChannel = Dictionary(grouping: run.cases, by: \.name.channel)
    let suites =
      run.summary.channels.map { suite($0, byChannel[$0] ?? []) } + [stale, incompleteness].compactMap { $0 }
    let errors = run.summary.incompleteness == nil ? 0 : 1
    let seconds = run.cases.reduce(0) { $0 + $1.seconds }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="parley" tests="\(run.cases.count + run.summary.stale.count + errors)" \
      failures="\(run.summary.badCount + run.summary.stale.count)" errors="\(errors)" \
      time="\(Decimal.text(seconds, 3))">
      \(suites.joined())</testsuites>

      """
  }

  private func suite(_ channel: String, _ cases: [CaseRecord]) -> String {
    let failures = cases.count(where: \.outcome.isBad)
    let skipped = cases.count { !$0.outcome.isBad && $0.outcome != .passed }
    let seconds = cases.reduce(0) { $0 + $1.seconds }
    return """
        <testsuite name="\(XMLText.attribute(channel))" tests="\(cases.count)" failures="\(failures)" errors="0" \
      skipped="\(skipped)" time="\(Decimal.text(seconds, 3))"\(timestamp)>
      \(properties)\(cases.map(testCase).joined())  </testsuite>

      """
  }

  private var timestamp: String {
    guard let date = run.summary.start?.date else { return "" }
    // The schemas know no time zone here.
    return " timestamp=\"\(XMLText.attribute(date.hasSuffix("Z") ? String(date.dropLast()) : date))\""
  }

  private var properties: String {
    guard let start = run.summary.start else { return "" }
    var values = [("machine", start.machine), ("command", start.quotedCommand), ("balance", run.summary.tally.line)]
    values += run.summary.planned.map { ("adapter.\($0.name)", $0.runtime ?? $0.problem ?? "") }
    values += run.summary.notPlanned.map { ("not-planned.\($0.name)", $0.notPlannedWords) }
    if let words = run.summary.leftOut { values.append(("not-planned", words)) }
    let lines = values.map { name, value in
      "      <property name=\"\(XMLText.attribute(name))\" value=\"\(XMLText.attribute(value))\"/>\n"
    }
    return "    <properties>\n\(lines.joined())    </properties>\n"
  }

  private func testCase(_ record: CaseRecord) -> String {
    let name = record.name
    let head =
      "    <testcase classname=\"\(XMLText.attribute("\(name.suite).\(name.channel)"))\""
      + " name=\"\(XMLText.attribute("\(name.pair)/\(name.scenario)"))\" time=\"\(Decimal.text(record.seconds, 3))\""
    let inside = content(record)
    return inside.isEmpty ? "\(head)/>\n" : "\(head)>\n\(inside)    </testcase>\n"
  }

  private func content(_ record: CaseRecord) -> String {
    switch record.outcome {
    case .passed: return tries(record, "flakyFailure")
    case .failed, .unexpected:
      let block = FailureBlock(record: record, rerun: run.summary.rerun).text
      let type = record.failure.map { "blame \($0.blame.rawValue)" } ?? record.outcome.title
      return element("failure", type: type, message: message(record), block) + tries(record, "rerunFailure")
        + standardError(record)
    default:
      let reason = record.reason ?? record.outcome.title
      let words = record.outcome == .expected ? "known failure: \(reason)" : reason
      return element("skipped", type: record.outcome.title, message: words, known(record)) + standardError(record)
    }
  }

  /// What CI systems show in a list: whose fault, and what was seen.
  private func message(_ record: CaseRecord) -> String {
    guard let failure = record.failure else { return record.reason ?? record.outcome.title }
    let who = failure.blamed.isEmpty ? failure.blame.rawValue : failure.blamed.joined(separator: " and ")
    return "\(who): expected \(failure.expected); seen: \(failure.seen)"
  }

  private func element(_ name: String, type: String, message: String, _ text: String) -> String {
    let head =
      "      <\(name) type=\"\(XMLText.attribute(type))\" message=\"\(XMLText.attribute(Self.shortened(message, 500)))\""
    return text.isEmpty
      ? "\(head)/>\n" : "\(head)>\(XMLText.escaped(Self.shortened(text, Self.longestText)))</\(name)>\n"
  }

  /// The entry that explains an expected failure, and the failure.
  private func known(_ record: CaseRecord) -> String {
    let entries = record.baselineWords.map { "\($0): \($1)" }
    guard !entries.isEmpty else { return "" }
    return (entries + (record.failure.map(Self.lines) ?? [])).joined(separator: "\n") + "\n"
  }

  private static func lines(_ failure: Failure) -> [String] {
    FailureBlock.lines(failure) + FailureBlock.remedy(failure)
  }

  /// The tries of a flaky case before its last one, in the elements of Maven Surefire.
  private func tries(_ record: CaseRecord, _ name: String) -> String {
    (record.flaky?.failures ?? []).map { failure in
      let who = failure.blamed.isEmpty ? failure.blame.rawValue : failure.blamed.joined(separator: " and ")
      let message = Self.shortened("\(who): expected \(failure.expected); seen: \(failure.seen)", 500)
      let text = Self.shortened(Self.lines(failure).joined(separator: "\n") + "\n", Self.longestText)
      return """
              <\(name) type="blame \(failure.blame.rawValue)" message="\(XMLText.attribute(message))">
                <stackTrace>\(XMLText.escaped(text))</stackTrace>
              </\(name)>

        """
    }.joined()
  }

  private func standardError(_ record: CaseRecord) -> String {
    let texts = (record.failure?.endpoints ?? []).filter { !$0.standardError.isEmpty }.map { endpoint in
      "\(endpoint.name):\n\(endpoint.standardError)\(endpoint.standardError.hasSuffix("\n") ? "" : "\n")"
    }
    guard !texts.isEmpty else { return "" }
    let text = Self.shortened(texts.joined(), Self.longestText)
    return "      <system-err>\(XMLText.escaped(text))</system-err>\n"
  }

  /// The stale entries of the baseline, a case each, since each makes the run fail.
  private var stale: String? {
    let entries = run.summary.stale
    guard !entries.isEmpty else { return nil }
    let cases = entries.map { entry in
      """
          <testcase classname="parley.baseline" name="\(XMLText.attribute("\(entry.place) \(entry.pattern)"))" time="0.000">
            <failure type="stale entry" message="\(XMLText.attribute(Self.shortened(entry.staleWords, 500)))"/>
          </testcase>

      """
    }
    return """
        <testsuite name="baseline" tests="\(entries.count)" failures="\(entries.count)" errors="0" skipped="0" \
      time="0.000"\(timestamp)>
      \(cases.joined())  </testsuite>

      """
  }

  /// A run that did not come to its end must not look as if it had.
  private var incompleteness: String? {
    guard let text = run.summary.incompleteness else { return nil }
    let underWay = run.summary.underWay.map(\.description).sorted().map { "under way: \($0)\n" }
    return """
        <testsuite name="parley" tests="1" failures="0" errors="1" skipped="0" time="0.000"\(timestamp)>
          <testcase classname="parley" name="the run comes to its end" time="0.000">
            <error type="\(run.summary.state.rawValue)" message="\(XMLText.attribute(text))">\
      \(XMLText.escaped("\(text)\n\(underWay.joined())\(run.summary.tally.line)\n"))</error>
          </testcase>
        </testsuite>

      """
  }

  private static func shortened(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : "\(text.prefix(count))… (\(text.count - count) characters left out)\n"
  }
}
