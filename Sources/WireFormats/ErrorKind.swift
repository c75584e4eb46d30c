/// What went wrong, in the words that every endpoint of every language uses.
///
/// The same fault gives the same kind everywhere; `interop/PROTOCOL.md`, section 5, says which.
public enum ErrorKind: String, CaseIterable, Sendable, Codable {
  /// The stream ended inside a frame.
  case truncated
  /// A message above the limit, a slot that is full, a packet that the system does not take.
  case tooLarge = "too-large"
  /// Bytes that break the framing's rules, received or asked to be sent.
  case malformed
  /// The peer is gone, while sending.
  case closed
  /// The peer went away with unread data.
  case reset
  /// Nobody listens at the address.
  case refused
  /// There is no such path, FIFO, file or descriptor.
  case missing
  /// The address is in use.
  case exists
  /// No permission.
  case denied
  /// The peer's key is wrong, or it does not authenticate as it should.
  case authentication
  /// The peer did not do its part in time.
  case timeout
  /// The endpoint does not have what it was asked for.
  case unsupported
  /// A bad command or argument.
  case usage
  /// Anything else; the message says what.
  case `internal`
}
