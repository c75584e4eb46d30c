/// Why a value cannot become a message, or a message is no value.
public struct CodecError: Error, Equatable, Sendable {
  /// `malformed` for what the codec cannot carry or read, `too-large` beyond a limit, `usage` for a wrong format.
  public var kind: ErrorKind
  /// What happened, to what, and what to do about it.
  public var message: String

  /// Makes an error.
  public init(_ kind: ErrorKind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

extension CodecError: CustomStringConvertible {
  /// The kind and the sentence.
  public var description: String { "\(kind.rawValue): \(message)" }
}
