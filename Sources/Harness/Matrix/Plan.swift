public import Journal

/// The cases of a run, in order.
public struct Plan: Sendable {
  /// A case, and what keeps it from being tried, if anything does.
  public struct Entry: Sendable {
    /// The case's name.
    public let name: CaseName
    /// Why it ends without being tried, and in what.
    public let obstacle: Obstacle?
    let work: Work

    /// The scenario and the pair, unless the case is an example's.
    var pairing: Pairing? { if case .scenario(let pairing) = work { pairing } else { nil } }
  }

  /// What is done in a case.
  enum Work: Sendable {
    /// A scenario between two endpoints.
    case scenario(Pairing)
    /// A conversation between an example and an endpoint.
    case example(ExampleCase)
  }

  /// A scenario on a channel for a pair of adapters.
  struct Pairing: Sendable {
    var scenario: Scenario
    var channel: Channel
    var writer: String
    var reader: String

    /// Whether both endpoints are of one adapter.
    var isWithItself: Bool { writer == reader }
  }

  /// Why a case cannot be tried.
  public struct Obstacle: Equatable, Sendable {
    /// ``Journal/Outcome/unsupported``, ``Journal/Outcome/notRun``, or ``Journal/Outcome/failed`` for an adapter that is broken.
    public let outcome: Outcome
    /// By whom, and what.
    public let reason: String
    /// The adapter, where it is the adapter's fault.
    public var adapter: String?
  }

  /// The cases.
  public internal(set) var entries: [Entry]
  /// The part of a whole plan that the cases are; nil for all of it.
  public internal(set) var part: Part?

  /// Which part of a whole plan a plan is.
  public struct Part: Equatable, Sendable {
    /// The shard.
    public let shard: ShardRecord
    /// How many cases the whole plan has.
    public let wholeCount: Int
    /// The digest of the whole plan.
    public let wholeDigest: String
  }

  init(entries: [Entry]) { self.entries = entries }

  /// A digest of the names of the cases.
  public var digest: String {
    var digest = Digest()
    for entry in entries { digest.add(entry.name.description) }
    return digest.text
  }

  /// Adds cases behind the others.
  public mutating func append(_ more: [Entry]) { entries += more }
}

/// How much of the matrix a plan visits.
public enum Breadth: Sendable {
  /// One case for each channel and pair.
  case quick
  /// Every transport and every framing, without multiplying them.
  case usual
  /// The whole product of transports and framings.
  case full
}
