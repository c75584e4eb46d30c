import Testing

/// A change of the tutorial's adapter that breaks one rule, and what the ladder must say of it.
struct WrongAdapter: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// After which step the adapter is changed: as few as the rule needs.
  var step = 3
  var changes: [(old: String, new: String)]
  /// The rule's id.
  var rule: String
  /// A part of the next step.
  var advice: String
  /// Seconds for a command: short where the ladder waits for one that hangs.
  var timeout = "20"

  init(_ description: String, _ step: Int, _ old: String, _ new: String, _ rule: String, _ advice: String) {
    testDescription = description
    self.step = step
    changes = [(old, new)]
    (self.rule, self.advice) = (rule, advice)
  }

  /// Another change.
  func and(_ old: String, _ new: String) -> Self {
    var changed = self
    changed.changes.append((old, new))
    return changed
  }

  /// A command of it never ends.
  var hanging: Self {
    var changed = self
    changed.timeout = "6"
    return changed
  }
}
