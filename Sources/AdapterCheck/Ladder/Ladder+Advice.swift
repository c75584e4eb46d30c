import AdapterProtocol
import Cases
import Journal
import WireFormats

/// What the ladder knows more than a case by itself: that everything simpler has passed.
extension Ladder {
  /// The scenarios that come before all others: what fails here would make the rest fail, for a reason harder to see.
  private static let basics = Set(
    ([.greeting, .greetingWriterListens, .lettersInOrder, .thousandMessages, .requestReply] + Scenario.sizes)
      .map(\.name))

  /// The cases of one channel in the order in which they say most.
  static func ordered(_ entries: [Plan.Entry]) -> [Plan.Entry] {
    // With itself last: a partner that is known to be right shows more.
    [false, true].flatMap { isWithItself in
      let here = entries.filter { $0.pairing?.isWithItself == isWithItself }
      var rest = here.filter { !basics.contains($0.name.scenario) }
      // A peak of memory is seen only once in a process, and frame-over-limit announces more than huge-frame.
      let huge = rest.filter { $0.name.scenario == Scenario.hugeFrame.name }
      rest.removeAll { $0.name.scenario == Scenario.hugeFrame.name }
      let place = rest.firstIndex { $0.name.scenario == Scenario.frameOverLimit.name }
      rest.insert(contentsOf: huge, at: place ?? rest.endIndex)
      return here.filter { basics.contains($0.name.scenario) } + rest
    }
  }

  /// The rule and the advice for a case that failed.
  func advice(on record: CaseRecord, _ failure: Failure) -> (rule: RuleRecord?, cure: String?) {
    // Nobody ends a stream early here: the endpoint took a part of a frame for all of it.
    if Self.basics.contains(record.name.scenario) && failure.code == FindingCode.wrongReply.rawValue
      && failure.errorKind == ErrorKind.truncated.rawValue
    {
      return (pages.record(.receiveOneMessage), Requirement.receiveOneMessage.cure)
    }
    if rung == .transports && failure.errorKind == ErrorKind.usage.rawValue {
      return (failure.rule, "The command is right, and the endpoint refuses it: give it the verb or the key it lacks.")
    }
    return (failure.rule, failure.advice)
  }
}
