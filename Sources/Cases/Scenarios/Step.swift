package import WireFormats

/// One thing that happens in a phase.
package enum Step: Sendable {
  /// A side sends a message.
  case send(Side, Message)
  /// A side is asked to send what it must refuse.
  case refuse(Side, Message, ErrorKind)
  /// A side receives, and must get this message.
  case receive(Side, Message)
  /// A side receives into a file that has longer content already.
  case receiveIntoFile(Side, Message)
  /// A side receives, and must be told of the end of the stream.
  case receiveEnd(Side)
  /// A side receives, and must report an error.
  case receiveFault(Side, ErrorKind, Requirement? = nil)
  /// A side says that it will send no more.
  case finishSending(Side)
  /// A side opens a channel at a place that the runner has prepared.
  case open(Side, role: String, Place, Expectation, Requirement? = nil)
  /// A side sends a value.
  case sendValue(Side, Value, format: String?)
  /// A side receives a value; the error is for a message that is none.
  case receiveValue(Side, Expectation, format: String?)
  /// A side receives the message of a value as it is, which shows what the other has made of the value.
  case receiveEncoded(Side, Encoding)
  /// Both sides tell how they lay a record out.
  case layout(GoldenVectors.Layout)
  /// A side is given a command as it stands; `{folder}` in it is the case's folder.
  case command(Side, String, Expectation, Requirement? = nil)
  /// Everything before must be answered first.
  case barrier
  /// The slot's file is made with this content.
  case makeSlot([UInt8])
  /// The slot's file must have this content.
  case checkSlot([UInt8])
  /// A FIFO is made in the case's folder.
  case makeFifo(String)
  /// What a side found at a place must be as it was.
  case checkPlace(Side, Place)
  /// The peak of a side's memory must not have grown by more than so many bytes since the phase began.
  case checkMemory(Side, Memory, limit: Int)
}

/// How a process's memory is counted.
package enum Memory: Hashable, Sendable {
  /// All that it has reserved, used or not.
  case addressSpace
  /// What it has used. A runtime with a garbage collector reserves more, in large pieces.
  case resident
}

/// A place that the runner prepares, so that something is wrong there.
package enum Place: Hashable, Sendable {
  /// Nobody listens, and there is no file.
  case nowhere
  /// A socket file that its process has left behind.
  case stale
  /// The runner itself listens.
  case taken
  /// A path that no socket address holds.
  case tooLong
  /// A regular file with something in it.
  case file
  /// Where the link is.
  case link
}
