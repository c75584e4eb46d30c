package import Journal
package import WireFormats

/// Something to show, decided but not yet put into words.
package enum ShownEvent: Equatable, Sendable {
  /// The tap is in place.
  case started(TapStart)
  /// A connection began.
  case connected(Int, TapTime)
  /// What the programs speak, and why.
  case verdict(Int, Verdict)
  /// A message went by.
  case message(Int, TapSide, TapTime, ShownMessage)
  /// Bytes went by that are not taken for a message.
  case chunk(Int, TapSide, TapTime, offset: Int, [UInt8])
  /// From this byte on the bytes are no frames.
  case wrong(Int, TapSide, offset: Int, framing: Framing, reason: String)
  /// Messages or bytes went by that were not looked at.
  case unseen(Int, TapSide, count: Int, Unseen)
  /// Open descriptors went by.
  case descriptors(Int, TapSide, TapTime, count: Int)
  /// A side sends no more; the count is of bytes of a message that is not whole.
  case ended(Int, TapSide, TapTime, unfinished: Int)
  /// A side broke the connection off.
  case reset(Int, TapSide, TapTime)
  /// Something is wrong with a connection.
  case failed(Int, TapTime, String)
  /// A connection is over.
  case closed(Int, TapTime, [TapSide: Count])
  /// The tap is gone.
  case over(TapTime)

  /// What was not looked at.
  package enum Unseen: Equatable, Sendable {
    /// So many messages, which were counted.
    case messages
    /// So many bytes; where messages begin is known again.
    case bytes
    /// So many bytes, and with them where messages begin.
    case framing
  }

  /// What went by in one direction.
  package struct Count: Equatable, Sendable {
    package var messages = 0
    package var bytes = 0
  }
}

/// A message as it is shown.
package struct ShownMessage: Equatable, Sendable {
  /// Where its frame begins in its direction, in bytes.
  package var offset: Int
  /// Its length in bytes.
  package var length: Int
  /// Its bytes, or the first of them if it is long.
  package var payload: [UInt8]
  /// What it is; nil for a long one, which is not decoded.
  package var content: Content?
}
