/// Why the harness could not do its work.
///
/// Never a verdict on an adapter.
package struct HarnessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, to what, and the cure.
  package var description: String

  /// Whether the cause is what was asked for, and not what was met.
  package var isUsage: Bool

  /// Whether a program did not end in time.
  package var isTimeOut: Bool

  /// Whether somebody asked the run to end meanwhile.
  package var isInterruption: Bool

  /// Makes an error from a sentence.
  package init(
    _ description: String, isUsage: Bool = false, isTimeOut: Bool = false, isInterruption: Bool = false
  ) {
    self.isInterruption = isInterruption
    self.description = description
    self.isUsage = isUsage
    self.isTimeOut = isTimeOut
  }
}
