package import Journal

/// Decides when to give up an adapter, so that a broken one does not cost a run thousands of identical failures.
///
/// After ``failures`` consecutive failures of an adapter with the same finding, each of its pairs on that channel gets one
/// more probe; a pair whose probe fails is given up. After ``channels`` such channels the adapter is given up.
/// A failure that took a whole deadline counts ``timeOutWeight`` times, because it is more expensive to repeat.
package struct Patience: Sendable {
  /// The number of consecutive failures after which an adapter is given up on a channel.
  package static let failures = 20
  /// The number of channels after which an adapter is given up.
  package static let channels = 3
  /// The number of failures for which one that took a whole deadline counts.
  package static let timeOutWeight = 5

  private struct Streak {
    var code: String?
    var weight = 0
  }

  private struct Pair: Hashable {
    var channel: String
    var pair: String
  }

  private var streaks: [String: Streak] = [:]
  private var failureCounts: [String: Int] = [:]
  private var countWhenPutAside: [String: Int] = [:]
  /// The channels on which each adapter is given up, in order, with the finding.
  private var givenUp: [String: [(channel: String, code: String)]] = [:]
  private var probed: Set<Pair> = []
  private var hopeless: Set<Pair> = []
  /// The pairs whose probe passed; they are tried as usual.
  private var proven: Set<Pair> = []

  package init() {}

  /// The reason not to try a case; nil if it should be tried.
  package mutating func obstacle(_ entry: Plan.Entry) -> Plan.Obstacle? {
    guard entry.obstacle == nil else { return nil }
    let pair = Pair(channel: entry.name.channel, pair: entry.name.pair)
    for adapter in entry.adapters {
      let channels = givenUp[adapter] ?? []
      if channels.count >= Self.channels {
        return obstacle(
          "\(adapter) was put aside after \(countWhenPutAside[adapter] ?? 0) failures, the last with the finding \(channels.last?.code ?? "")"
        )
      }
      guard let channel = channels.first(where: { $0.channel == pair.channel }) else { continue }
      // Two workers may get here at once; only the first runs the probe.
      if hopeless.contains(pair) || (!probed.insert(pair).inserted && !proven.contains(pair)) {
        return obstacle("\(adapter) fails repeatedly with the finding \(channel.code) on \(channel.channel)")
      }
    }
    return nil
  }

  /// Records the outcome of a case.
  ///
  /// - Returns: a sentence if an adapter is now given up, on a channel or altogether.
  package mutating func note(_ record: CaseRecord, _ entry: Plan.Entry) -> String? {
    let pair = Pair(channel: record.name.channel, pair: record.name.pair)
    if record.outcome == .passed {
      for adapter in entry.adapters { streaks[adapter] = nil }
      if probed.contains(pair) { proven.insert(pair) }
      return nil
    }
    // A case that was not tried costs nothing.
    guard entry.obstacle == nil, record.outcome == .failed, let culprit = culprit(record, entry) else { return nil }
    failureCounts[culprit, default: 0] += 1
    if probed.contains(pair) { hopeless.insert(pair) }
    let code = record.failure?.code
    var streak = streaks[culprit] ?? Streak()
    if streak.code != code { streak = Streak(code: code) }
    let isTimeOut = code.flatMap(FindingCode.init)?.isTimeOut ?? false
    streak.weight += isTimeOut ? Self.timeOutWeight : 1
    streaks[culprit] = streak
    guard streak.weight >= Self.failures, !(givenUp[culprit] ?? []).contains(where: { $0.channel == pair.channel })
    else { return nil }
    streaks[culprit] = nil
    givenUp[culprit, default: []].append((pair.channel, code ?? "unknown"))
    let count = givenUp[culprit]?.count ?? 0
    if count == Self.channels { countWhenPutAside[culprit] = failureCounts[culprit] }
    return count >= Self.channels
      ? "\(culprit) is put aside: its cases fail repeatedly with the finding \(code ?? "unknown") on \(count) channels; --no-give-up tries all."
      : "\(culprit) fails repeatedly with the finding \(code ?? "unknown") on \(pair.channel): only one probe for each pair runs there from now on; --no-give-up tries all."
  }

  /// The only adapter that is blamed; nil if there are several or none.
  private func culprit(_ record: CaseRecord, _ entry: Plan.Entry) -> String? {
    let blamed = Set((record.failure?.blamed ?? []).map { $0.prefix { $0 != " " } }.map(String.init))
    guard blamed.count == 1, let name = blamed.first, entry.adapters.contains(name) else { return nil }
    return name
  }

  private func obstacle(_ reason: String) -> Plan.Obstacle {
    Plan.Obstacle(outcome: .notRun, reason: "\(reason); --no-give-up tries all")
  }
}
