package import Journal

extension Failure {
  /// Makes a failure of a finding: its blame, code, words, rule and advice.
  ///
  /// - Parameters:
  ///   - finding: what is wrong.
  ///   - channel: the case's channel, on which some rules depend.
  ///   - pages: the pages of the adapter protocol.
  ///   - names: the sides as they are blamed, such as `python (reader)`.
  package init(_ finding: Finding, on channel: Channel?, _ pages: ProtocolPages, names: @escaping (Side) -> String) {
    let words = FindingWords(finding, names: names)
    let (blame, sides) = finding.blame
    self.init(
      blame: blame, blamed: finding.adapter.map { [$0] } ?? sides.map(names), expected: words.expected,
      seen: words.seen, difference: finding.difference)
    code = finding.code.rawValue
    errorKind = finding.errorKind
    rule = finding.requirement(on: channel).map(pages.record)
    advice = finding.advice(on: channel)
  }
}

extension ProtocolPages {
  /// A rule as the journal has it; without its words where its page is not at hand.
  package func record(_ requirement: Requirement) -> RuleRecord {
    let passage = passage(of: requirement)
    return RuleRecord(
      id: requirement.rawValue, page: passage?.page ?? "", line: passage?.line ?? 0, section: passage?.section ?? "",
      text: passage?.text ?? "", untestable: requirement.untestable)
  }
}
