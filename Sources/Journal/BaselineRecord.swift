/// An entry of a baseline, as a journal keeps it: where it stands, and what it says.
public struct BaselineEntryRecord: Hashable, Codable, Sendable {
  /// The baseline's path, as it was given.
  public var file: String
  /// The line on which the entry begins, from 1.
  public var line: Int
  /// The name or glob of cases.
  public var pattern: String
  /// Why the cases fail, or are flaky.
  public var reason: String
  /// Where more is said.
  public var link: String?
  /// What the failure must contain.
  public var contains: String?

  /// Describes an entry.
  public init(
    file: String, line: Int, pattern: String, reason: String, link: String? = nil, contains: String? = nil
  ) {
    self.file = file
    self.line = line
    self.pattern = pattern
    self.reason = reason
    self.link = link
    self.contains = contains
  }

  /// The file and line, as editors and terminals understand them.
  public var place: String { "\(file):\(line)" }

  /// Whether the entry names one case, and not a pattern of cases.
  public var isOneCase: Bool { CaseName(pattern) != nil && CaseGlob.isPlain(pattern) }
}

/// The baseline that a run was given.
public struct BaselineRecord: Equatable, Codable, Sendable {
  /// The file's path, as it was given.
  public var file: String
  /// A digest of its text.
  public var digest: String
  /// How many known failures are listed.
  public var knownCount: Int
  /// How many flaky cases are listed.
  public var flakyCount: Int
  /// The entries that no case of the whole plan fits: each fails the run.
  public var stale: [BaselineEntryRecord]

  /// Describes a baseline.
  public init(file: String, digest: String, knownCount: Int, flakyCount: Int, stale: [BaselineEntryRecord]) {
    self.file = file
    self.digest = digest
    self.knownCount = knownCount
    self.flakyCount = flakyCount
    self.stale = stale
  }
}

/// What became of a case that is listed as flaky.
public struct FlakyRecord: Equatable, Codable, Sendable {
  /// The entry that lists it.
  public var entry: BaselineEntryRecord
  /// How often it may be tried again.
  public var retries: Int
  /// Why the tries before the last one failed; empty if the first passed.
  public var failures: [Failure]

  /// Describes a flaky case.
  public init(entry: BaselineEntryRecord, retries: Int, failures: [Failure]) {
    self.entry = entry
    self.retries = retries
    self.failures = failures
  }

  /// The number of the last try, from 1.
  public var tries: Int { failures.count + 1 }
}
