package import Journal

/// The cases of a run, in order.
package struct Plan: Sendable {
  /// A case, and what keeps it from being tried, if anything does.
  package struct Entry: Sendable {
    /// The case's name.
    package let name: CaseName
    /// Why it ends without being tried, and in what.
    package let obstacle: Obstacle?
    /// The rules of the protocol that the case checks, each once.
    package let rules: [Requirement]
    package let work: Work

    /// The adapters that take part, each once.
    package var adapters: [String] {
      switch work {
      case .scenario(let pairing): pairing.isWithItself ? [pairing.writer] : [pairing.writer, pairing.reader]
      case .example(let example): [example.peer].compactMap(\.self)
      }
    }

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
    /// Whether the adapter's toolchain is not installed, so that the case is not planned.
    package var isMissing = false

    /// The run was told to stop.
    package static let interrupted = Obstacle(outcome: .notRun, reason: "the run was interrupted")

    package init(outcome: Outcome, reason: String, adapter: String? = nil, isMissing: Bool = false) {
      self.outcome = outcome
      self.reason = reason
      self.adapter = adapter
      self.isMissing = isMissing
    }
  }

  /// The cases.
  package var entries: [Entry]
  /// The part of a whole plan that the cases are; nil for all of it.
  package var part: Part?

  /// Which part of a whole plan a plan is.
  package struct Part: Equatable, Sendable {
    /// The shard; nil for all of the plan that can be tried here.
    package let shard: ShardRecord?
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

  /// How many cases were left out because an adapter's toolchain is not installed.
  package private(set) var missingCount = 0

  /// The plan without the cases of adapters whose toolchain is not installed.
  ///
  /// A shard is cut before: so the same shards fit together, whatever is installed where.
  package var withoutMissing: Plan {
    var plan = self
    plan.part = part ?? Part(shard: nil, wholeCount: entries.count, wholeDigest: digest)
    plan.entries = entries.filter { !($0.obstacle?.isMissing ?? false) }
    plan.missingCount = entries.count - plan.entries.count
    return plan
  }

  /// Adds cases behind the others.
  package mutating func append(_ more: [Entry]) { entries += more }
}
