/// Why the harness could not do its work.
///
/// Never a verdict on an adapter.
public struct HarnessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, to what, and the cure.
  public var description: String

  /// Makes an error from a sentence.
  public init(_ description: String) { self.description = description }
}
