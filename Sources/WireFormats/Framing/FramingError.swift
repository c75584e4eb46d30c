/// Why bytes are not a frame, or a message cannot become one.
public enum FramingError: Error, Equatable, Sendable {
  /// The stream ended inside a frame; `missing` bytes at least were still to come.
  case truncated(missing: Int)
  /// The frame announces, or the message has, more bytes than the limit.
  case tooLarge(length: UInt64, limit: Int)
  /// The bytes break the framing's rules; the text says which.
  case malformed(String)

  /// The kind by which every endpoint reports this error.
  public var kind: ErrorKind {
    switch self {
    case .truncated: .truncated
    case .tooLarge: .tooLarge
    case .malformed: .malformed
    }
  }
}

extension FramingError: CustomStringConvertible {
  /// A sentence for people.
  public var description: String {
    switch self {
    case .truncated(let missing):
      "The stream ended inside a frame, at least \(missing) bytes short: the peer died or closed too early."
    case .tooLarge(let length, let limit):
      "A message of \(length) bytes is over the limit of \(limit); raise the limit if such messages are meant."
    case .malformed(let reason):
      reason
    }
  }
}
