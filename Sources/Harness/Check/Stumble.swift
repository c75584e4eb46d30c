public import Journal

/// The first thing that is wrong with an adapter: what the ladder stops at.
public struct Stumble: Error, Sendable {
  /// Where the ladder stopped.
  public var rung: Rung
  /// What was tried.
  public var title: String
  /// What was expected and what was seen, with the bytes.
  public var failure: Failure
  /// The case that shows it again, if it was one.
  public var name: CaseName?
  /// The line of PROTOCOL.md that it breaks, quoted; nil where it is not about the protocol.
  public var breaks: String?
  /// What to do about it, in a sentence.
  public var cure: String
}

/// Why a rung was not reached, before the ladder adds who and where.
struct Fault: Error, Equatable {
  var title: String
  var expected: String
  var seen: String
  /// Nil where it is not about the protocol.
  var requirement: Requirement?
  /// Replaces the requirement's.
  var cure: String?
  /// What the endpoint was told last, and what it said on standard error.
  var traces: [EndpointTrace] = []
}
