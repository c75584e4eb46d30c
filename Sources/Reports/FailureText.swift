public import Journal

/// A failure as text, where it is not a case of a run that failed.
public struct FailureText: Sendable {
  private let title: String
  private let failure: Failure

  /// Describes a failure under a title.
  public init(title: String, failure: Failure) {
    self.title = title
    self.failure = failure
  }

  /// The title, whose fault it is, what was expected and what was seen; ends with a line feed.
  public var text: String {
    ((["FAILED \(title)"] + FailureBlock.lines(failure)).joined(separator: "\n") + "\n").harmless
  }
}
