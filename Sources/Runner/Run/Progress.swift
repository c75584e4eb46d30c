import Cases
import Foundation
import Journal
import Synchronization

/// The state that the workers share: the next case, and the events in order.
final class Progress: Sendable {
  private struct State {
    var next = 0
    /// Whether a failure has stopped the run.
    var isStopped = false
    var failure: (any Error)?
    var peakMemory: [String: Int] = [:]
    /// Nil if no adapter is ever given up.
    var patience: Patience?
  }

  private let plan: Plan
  private let total: Int
  private let record: @Sendable (Event) throws -> Void
  private let state: Mutex<State>

  init(
    plan: Plan, repeatCount: Int, givesUp: Bool, record: @escaping @Sendable (Event) throws -> Void
  ) {
    state = Mutex(State(patience: givesUp ? Patience() : nil))
    self.plan = plan
    total = plan.entries.count * repeatCount
    self.record = record
  }

  /// The next case, and the reason not to try it, if any; nil if there is no further case or the run must stop.
  func next(isInterrupted: Bool) -> (Plan.Entry, Plan.Obstacle?)? {
    state.withLock { state in
      guard state.next < total, state.failure == nil, !state.isStopped, !isInterrupted else { return nil }
      defer { state.next += 1 }
      let entry = plan.entries[state.next % plan.entries.count]
      return (entry, state.patience?.obstacle(entry))
    }
  }

  /// Records the end of a case, and a note if it makes the run give up an adapter.
  func note(_ record: CaseRecord, _ entry: Plan.Entry) {
    tell(.caseEnded(record))
    if let sentence = state.withLock({ $0.patience?.note(record, entry) }) { tell(.note(sentence)) }
  }

  func tell(_ event: Event) {
    state.withLock { state in
      guard state.failure == nil else { return }
      do { try record(event) } catch { state.failure = error }
    }
  }

  /// Lets no further case start.
  func stop() { state.withLock { $0.isStopped = true } }

  func add(_ peaks: [String: Int]) {
    state.withLock { $0.peakMemory.merge(peaks, uniquingKeysWith: max) }
  }

  /// Records the remaining cases as not run, and ends the journal.
  func finish(seconds: Double, isInterrupted: Bool) {
    let (rest, peaks, isStopped) = state.withLock { ($0.next..<max($0.next, total), $0.peakMemory, $0.isStopped) }
    let reason = isStopped ? "the run stopped at the first failure" : "the run was interrupted"
    for index in rest {
      let name = plan.entries[index % plan.entries.count].name
      tell(.caseEnded(CaseRecord(name: name, outcome: .notRun, reason: reason)))
    }
    var memory = peaks
    memory["parley"] = Ledger.peak(.resident, of: "self")
    tell(.runEnded(RunEnd(seconds: seconds, isInterrupted: isInterrupted, peakMemory: memory)))
  }

  func rethrow() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
