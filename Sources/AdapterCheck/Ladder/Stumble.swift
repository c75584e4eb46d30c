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
