import Cases
package import Journal
import Runner

/// The first thing that is wrong with an adapter: what the ladder stops at.
package struct Stumble: Error, Sendable {
  /// Where the ladder stopped.
  package var rung: Rung
  /// What was tried.
  package var title: String
  /// What was expected and what was seen, with the bytes.
  package var failure: Failure
  /// The case that shows it again, if it was one.
  package var name: CaseName?
  /// The line of PROTOCOL.md that it breaks, quoted; nil where it is not about the protocol.
  package var breaks: String?
  /// What to do about it, in a sentence.
  package var cure: String
}

/// Why a rung was not reached, before the ladder adds who and where.
package struct Fault: Error, Equatable {
  package var title: String
  package var expected: String
  package var seen: String
  /// Nil where it is not about the protocol.
  package var requirement: Requirement?
  /// Replaces the requirement's.
  package var cure: String?
  /// What the endpoint was told last, and what it said on standard error.
  package var traces: [EndpointTrace] = []
}
