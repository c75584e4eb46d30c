import Cases
import Journal

/// Why a rung was not reached, before the ladder adds who and where.
struct Fault: Error {
  var title: String
  var expected: String
  var seen: String
  /// Nil where it is not about the protocol.
  var requirement: Requirement?
  /// Replaces the requirement's.
  var cure: String?
  /// What the endpoint was told last, and what it said on standard error.
  var traces: [EndpointTrace] = []
  /// What went wrong in a talk, where it was one.
  var trouble: Trouble?

  init(title: String, expected: String, seen: String, requirement: Requirement? = nil, cure: String? = nil) {
    self.title = title
    self.expected = expected
    self.seen = seen
    self.requirement = requirement
    self.cure = cure
  }
}
