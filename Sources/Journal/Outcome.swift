/// What a case ended in.
public enum Outcome: String, Codable, CaseIterable, Sendable {
  /// Everything was as expected.
  case passed
  /// Something was not.
  case failed
  /// It failed, and the baseline says that it does.
  case expected
  /// It passed, and the baseline says that it fails.
  case unexpected
  /// An adapter does not declare what the case needs.
  case unsupported
  /// It could not be tried: a toolchain is missing, or the run was interrupted.
  case notRun = "not-run"
}

/// How many cases ended in what.
public struct Tally: Equatable, Sendable, Codable {
  private var counts: [String: Int] = [:]
  /// How many cases there should be.
  public var planned: Int

  /// Counts nothing yet.
  public init(planned: Int = 0) { self.planned = planned }

  /// The number of cases that ended in an outcome.
  public subscript(_ outcome: Outcome) -> Int { counts[outcome.rawValue] ?? 0 }

  /// Counts one more.
  public mutating func add(_ outcome: Outcome, count: Int = 1) { counts[outcome.rawValue, default: 0] += count }

  /// How many cases ended.
  public var ended: Int { counts.values.reduce(0, +) }

  /// Whether every planned case ended in something.
  public var isBalanced: Bool { ended == planned }

  /// Whether the run ended as it should.
  public var isGreen: Bool { self[.failed] == 0 && self[.unexpected] == 0 && isBalanced }

  /// The last line of a run.
  public var line: String {
    "planned \(planned) · passed \(self[.passed]) · failed \(self[.failed]) · expected \(self[.expected])"
      + " · unexpected \(self[.unexpected]) · unsupported \(self[.unsupported]) · not run \(self[.notRun])"
  }
}
