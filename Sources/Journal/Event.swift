/// One line of a journal: something that happened in a run.
public enum Event: Equatable, Sendable {
  /// The run begins.
  case runStarted(RunStart)
  /// The rules of the adapter protocol that cases check; since version 3.
  case rules([RuleRecord])
  /// An adapter was looked at.
  case adapter(AdapterRecord)
  /// A case begins. Without its end in the journal, the run was cut off in it.
  case caseStarted(CaseName)
  /// A case ended.
  case caseEnded(CaseRecord)
  /// Something that is no failure of a case but should be known.
  case note(String)
  /// The run is over.
  case runEnded(RunEnd)
}

/// What a run sets out to do.
public struct RunStart: Equatable, Codable, Sendable {
  /// The version of the journal's format.
  public var version = Self.currentVersion
  /// How many cases are planned.
  public var planned: Int
  /// How many workers run cases side by side.
  public var jobs: Int
  /// Whether every case has new processes.
  public var isFresh: Bool
  /// Whether the tap is in the channels.
  public var isTapped: Bool
  /// The machine: system, kernel, processor count.
  public var machine: String
  /// When the run began, ISO 8601.
  public var date: String
  /// The command that runs the same cases again, with its globs; a shard's is that of the whole run.
  ///
  /// Without ``rerun``, in older journals, the words with which one case is run again, before its name.
  public var command: String
  /// The words that run one case again; nil in older journals.
  public var rerun: RerunRecord?
  /// A digest of the names of the whole plan's cases, before it was split into shards.
  public var planDigest: String?
  /// How many cases the whole plan has, each counted once; ``planned`` counts those of the shard, times ``repeatCount``.
  public var wholeCount: Int?
  /// How often every case is carried out.
  public var repeatCount: Int?
  /// The part of the plan that this run carries out; nil for all of it.
  public var shard: ShardRecord?
  /// How many shards were merged into this journal; nil if it is a run's own.
  public var mergedCount: Int?
  /// How many cases of the plan, or of the shard, were not planned here because an adapter is not installed.
  public var missingCount: Int?
  /// The baseline that was given.
  public var baseline: BaselineRecord?

  /// The version of the journal's format that this package writes.
  ///
  /// 2 added baselines and shards. A reader of version 1 would take a run with a stale baseline for a good one.
  /// 3 added findings' codes, rules, and adapters that were put aside; what is not installed is no longer planned.
  public static let currentVersion = 3
  /// The oldest version that this package reads.
  public static let oldestVersion = 1

  /// Describes a run.
  public init(
    planned: Int, jobs: Int, isFresh: Bool, isTapped: Bool, machine: String, date: String, command: String
  ) {
    self.planned = planned
    self.jobs = jobs
    self.isFresh = isFresh
    self.isTapped = isTapped
    self.machine = machine
    self.date = date
    self.command = command
  }
}

/// An adapter and whether it can be used.
public struct AdapterRecord: Equatable, Codable, Sendable {
  /// The adapter's name.
  public var name: String
  /// What people call it.
  public var title: String
  /// The runtime and its version, if it started.
  public var runtime: String?
  /// What is missing or wrong, if it did not.
  public var problem: String?
  /// The command that installs what is missing.
  public var cure: String?
  /// What it declares, if it started; nil in older journals.
  public var declares: Declared?

  /// What an adapter declares in its reply to `hello`, by the protocol's names.
  public struct Declared: Equatable, Codable, Sendable {
    /// The names of transports.
    public var transports: [String]
    /// The names of framings.
    public var framings: [String]
    /// The names of codecs.
    public var codecs: [String]
    /// The names of optional features, such as verbs.
    public var features: [String]
    /// The kinds of values that a codec loses, such as `json:large-int`.
    public var limits: [String]

    /// Gathers the names.
    public init(transports: [String], framings: [String], codecs: [String], features: [String], limits: [String]) {
      self.transports = transports
      self.framings = framings
      self.codecs = codecs
      self.features = features
      self.limits = limits
    }
  }

  /// Describes an adapter.
  public init(
    name: String, title: String, runtime: String? = nil, problem: String? = nil, cure: String? = nil,
    declares: Declared? = nil
  ) {
    self.name = name
    self.title = title
    self.runtime = runtime
    self.problem = problem
    self.cure = cure
    self.declares = declares
  }
}

/// A case and what it ended in.
public struct CaseRecord: Equatable, Codable, Sendable {
  /// The case.
  public var name: CaseName
  /// What it ended in.
  public var outcome: Outcome
  /// Why it is unsupported or was not run.
  public var reason: String?
  /// What an adapter does not declare, if that is why it is unsupported; nil in older journals.
  public var lack: LackRecord?
  /// How long it took, in seconds; 0 if it was not tried.
  public var seconds: Double
  /// How much of that went into starting processes, in seconds; nil if none was started.
  ///
  /// It falls on whichever case comes first, and says nothing of the case.
  public var startSeconds: Double?
  /// Whether the case moves at most 4 KiB: what speed is quoted for.
  public var isSmall: Bool
  /// Why it failed.
  public var failure: Failure?
  /// The ids of the rules that the case checks; nil in journals before version 3.
  public var rules: [String]?
  /// What was said and what crossed the wire.
  public var transcript: Transcript?
  /// The known failures of the baseline that fit the case: the one that explains an expected failure; all of them for one that
  /// passes, or fails otherwise than described.
  public var known: [BaselineEntryRecord]?
  /// What became of it, if it is listed as flaky.
  public var flaky: FlakyRecord?

  /// Describes a case that ended.
  public init(
    name: CaseName, outcome: Outcome, reason: String? = nil, seconds: Double = 0, isSmall: Bool = false,
    failure: Failure? = nil, transcript: Transcript? = nil
  ) {
    self.name = name
    self.outcome = outcome
    self.reason = reason
    self.seconds = seconds
    self.isSmall = isSmall
    self.failure = failure
    self.transcript = transcript
  }
}

extension CaseRecord {
  /// How long the case itself took, in seconds, without the starting of processes; 0 if it was not tried.
  public var ownSeconds: Double { max(0, seconds - (startSeconds ?? 0)) }
}

/// Everything observed in a case, long runs shortened in the middle.
public struct Transcript: Equatable, Codable, Sendable {
  /// Commands and replies, in the order of their arrival: `writer < open …`, `writer > ok`.
  public var lines: [String]
  /// The chunks that the tap saw: `writer 0 9 0000000568656c6c6f`, the sender, offset, length and first bytes.
  public var chunks: [String]
  /// For each chunk, how many lines had been said before the tap saw it; nil in journals that do not tell.
  public var chunkPlaces: [Int]?

  /// Makes a transcript.
  public init(lines: [String], chunks: [String], chunkPlaces: [Int]? = nil) {
    self.lines = lines
    self.chunks = chunks
    self.chunkPlaces = chunkPlaces
  }
}

/// How a run ended.
public struct RunEnd: Equatable, Codable, Sendable {
  /// How long the run took, in seconds, after the adapters were built.
  public var seconds: Double
  /// Whether it was interrupted.
  public var isInterrupted: Bool
  /// The most memory that a process ever held, in bytes, by name: `parley`, and each adapter's.
  public var peakMemory: [String: Int]

  /// Describes the end.
  public init(seconds: Double, isInterrupted: Bool, peakMemory: [String: Int]) {
    self.seconds = seconds
    self.isInterrupted = isInterrupted
    self.peakMemory = peakMemory
  }
}

extension Event: Codable {
  private enum Key: String, CodingKey {
    case event, run, rules, adapter, name, record, text, end
  }

  private enum Kind: String, Codable {
    case runStarted = "run-started"
    case rules
    case adapter
    case caseStarted = "case-started"
    case caseEnded = "case-ended"
    case note
    case runEnded = "run-ended"
  }

  /// Reads an event by its key `event`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(Kind.self, forKey: .event) {
    case .runStarted: self = .runStarted(try container.decode(RunStart.self, forKey: .run))
    case .rules: self = .rules(try container.decode([RuleRecord].self, forKey: .rules))
    case .adapter: self = .adapter(try container.decode(AdapterRecord.self, forKey: .adapter))
    case .caseStarted: self = .caseStarted(try container.decode(CaseName.self, forKey: .name))
    case .caseEnded: self = .caseEnded(try container.decode(CaseRecord.self, forKey: .record))
    case .note: self = .note(try container.decode(String.self, forKey: .text))
    case .runEnded: self = .runEnded(try container.decode(RunEnd.self, forKey: .end))
    }
  }

  /// Writes an event with its kind under the key `event`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .runStarted(let run):
      try container.encode(Kind.runStarted, forKey: .event)
      try container.encode(run, forKey: .run)
    case .rules(let rules):
      try container.encode(Kind.rules, forKey: .event)
      try container.encode(rules, forKey: .rules)
    case .adapter(let adapter):
      try container.encode(Kind.adapter, forKey: .event)
      try container.encode(adapter, forKey: .adapter)
    case .caseStarted(let name):
      try container.encode(Kind.caseStarted, forKey: .event)
      try container.encode(name, forKey: .name)
    case .caseEnded(let record):
      try container.encode(Kind.caseEnded, forKey: .event)
      try container.encode(record, forKey: .record)
    case .note(let text):
      try container.encode(Kind.note, forKey: .event)
      try container.encode(text, forKey: .text)
    case .runEnded(let end):
      try container.encode(Kind.runEnded, forKey: .event)
      try container.encode(end, forKey: .end)
    }
  }
}
