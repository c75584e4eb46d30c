/// Why the harness could not do its work.
///
/// Never a verdict on an adapter.
public struct HarnessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, to what, and the cure.
  public var description: String

  /// Whether the cause is what was asked for, and not what was met.
  public var isUsage: Bool

  /// The adapter whose endpoint did not do its part, if that is why.
  var adapter: String?

  /// Makes an error from a sentence.
  public init(_ description: String, isUsage: Bool = false) {
    self.description = description
    self.isUsage = isUsage
  }
}
