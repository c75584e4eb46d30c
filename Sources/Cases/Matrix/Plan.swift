package import Journal

/// The cases of a run, in order.
package struct Plan: Sendable {
  /// A case, and what keeps it from being tried, if anything does.
  package struct Entry: Sendable {
    /// The case's name.
    package let name: CaseName
    /// Why it ends without being tried, and in what.
    package let obstacle: Obstacle?
    package let work: Work

    /// The scenario and the pair, unless the case is an example's.
    package var pairing: Pairing? { if case .scenario(let pairing) = work { pairing } else { nil } }
  }

  /// What is done in a case.
  package enum Work: Sendable {
    /// A scenario between two endpoints.
    case scenario(Pairing)
    /// A conversation between an example and an endpoint.
    case example(ExampleCase)
  }

  /// A scenario on a channel for a pair of adapters.
  package struct Pairing: Sendable {
    package var scenario: Scenario
    package var channel: Channel
    package var writer: String
    package var reader: String

    /// Whether both endpoints are of one adapter.
    package var isWithItself: Bool { writer == reader }
  }

  /// Why a case cannot be tried.
  package struct Obstacle: Equatable, Sendable {
    /// ``Journal/Outcome/unsupported``, ``Journal/Outcome/notRun``, or ``Journal/Outcome/failed`` for an adapter that is broken.
    package let outcome: Outcome
    /// By whom, and what.
    package let reason: String
    /// The adapter, where it is the adapter's fault.
    package var adapter: String?

    package init(outcome: Outcome, reason: String, adapter: String? = nil) {
      self.outcome = outcome
      self.reason = reason
      self.adapter = adapter
    }
  }

  /// The cases.
  package var entries: [Entry]
  /// The part of a whole plan that the cases are; nil for all of it.
  package var part: Part?

  /// Which part of a whole plan a plan is.
  package struct Part: Equatable, Sendable {
    /// The shard.
    package let shard: ShardRecord
    /// How many cases the whole plan has.
    package let wholeCount: Int
    /// The digest of the whole plan.
    package let wholeDigest: String
  }

  package init(entries: [Entry]) { self.entries = entries }

  /// A digest of the names of the cases.
  package var digest: String {
    var digest = Digest()
    for entry in entries { digest.add(entry.name.description) }
    return digest.text
  }

  /// Adds cases behind the others.
  package mutating func append(_ more: [Entry]) { entries += more }
}

/// How much of the matrix a plan visits.
package enum Breadth: Sendable {
  /// One case for each channel and pair.
  case quick
  /// Every transport and every framing, without multiplying them.
  case usual
  /// The whole product of transports and framings.
  case full
}
