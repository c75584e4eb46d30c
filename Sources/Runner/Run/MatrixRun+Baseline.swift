import Baselines
import Cases
import Journal

extension MatrixRun {
  /// Runs a case, retries it if it is listed as flaky, and judges it against the baseline.
  func judged(_ entry: Plan.Entry, _ worker: Worker) -> CaseRecord {
    guard let baseline = options.baseline else { return worker.record(entry) }
    var record = worker.record(entry)
    if let listed = baseline.flakyEntry(of: entry.name), entry.obstacle == nil {
      let retries = listed.retries ?? 0
      var flaky = FlakyRecord(entry: listed.record, retries: retries, failures: [])
      while record.outcome == .failed, flaky.failures.count < retries, let failure = record.failure {
        flaky.failures.append(failure)
        record = worker.record(entry)
      }
      record.flaky = flaky
    }
    return baseline.judged(record)
  }
}
