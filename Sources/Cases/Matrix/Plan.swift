package import Journal

/// The cases of a run, in order.
package struct Plan: Sendable {
  /// A case, and the reason not to try it, if any.
  package struct Entry: Sendable {
    /// The case's name.
    package let name: CaseName
    /// The outcome and the reason of a case that cannot be tried; nil if it can.
    package let obstacle: Obstacle?
    /// The protocol's rules that the case checks, each once.
    package let rules: [Requirement]
    package let work: Work

    /// The adapters that take part, each once.
    package var adapters: [String] {
      switch work {
      case .scenario(let pairing): pairing.isWithItself ? [pairing.writer] : [pairing.writer, pairing.reader]
      case .example(let example): [example.peer].compactMap(\.self)
      }
    }

    /// The scenario, channel and pair; nil for an example's case.
    package var pairing: Pairing? { if case .scenario(let pairing) = work { pairing } else { nil } }
  }

  /// The content of a case.
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

    /// Whether both endpoints are of the same adapter.
    package var isWithItself: Bool { writer == reader }
  }

  /// Why a case cannot be tried.
  package struct Obstacle: Equatable, Sendable {
    /// ``Journal/Outcome/unsupported``, ``Journal/Outcome/notRun``, or ``Journal/Outcome/failed`` for an adapter that is broken.
    package let outcome: Outcome
    /// A sentence that names the adapter and the problem.
    package let reason: String
    /// The adapter to blame; nil if it is not an adapter's fault.
    package var adapter: String?
    /// Whether the adapter's toolchain is not installed; such cases are left out of the plan.
    package var isMissing = false
    /// What an adapter does not declare, if that is the reason.
    package var lack: LackRecord?

    /// The obstacle of a case that did not run because the run was interrupted.
    package static let interrupted = Obstacle(outcome: .notRun, reason: "the run was interrupted")

    package init(outcome: Outcome, reason: String, adapter: String? = nil, isMissing: Bool = false) {
      self.outcome = outcome
      self.reason = reason
      self.adapter = adapter
      self.isMissing = isMissing
    }

    /// The obstacle of a case that needs something which an adapter does not declare.
    package init(_ lack: LackRecord) {
      self.init(outcome: .unsupported, reason: lack.reason)
      self.lack = lack
    }
  }

  /// The cases.
  package var entries: [Entry]
  /// Which part of the whole plan this is; nil for all of it.
  package var part: Part?

  /// A part of a whole plan.
  package struct Part: Equatable, Sendable {
    /// The shard; nil for all cases that can be tried on this machine.
    package let shard: ShardRecord?
    /// The number of cases of the whole plan.
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

  /// The number of cases left out because an adapter's toolchain is not installed.
  package private(set) var missingCount = 0

  /// The plan without the cases of adapters whose toolchain is not installed.
  ///
  /// Split a plan into shards first, so that shards of machines with different toolchains can be merged.
  package var withoutMissing: Plan {
    var plan = self
    plan.part = part ?? Part(shard: nil, wholeCount: entries.count, wholeDigest: digest)
    plan.entries = entries.filter { !($0.obstacle?.isMissing ?? false) }
    plan.missingCount = entries.count - plan.entries.count
    return plan
  }

  /// Appends cases.
  package mutating func append(_ more: [Entry]) { entries += more }
}
