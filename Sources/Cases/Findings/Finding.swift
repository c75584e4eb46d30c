package import AdapterProtocol
package import Journal

/// What is wrong: the reason of a verdict, as a value.
///
/// Its words are made in `Finding+Words.swift`, its blame in `Finding+Blame.swift` and the rule that is broken in
/// `Finding+Requirement.swift`. Whoever needs its meaning switches over it; nobody reads its words.
package enum Finding: Sendable {
  // MARK: The adapter protocol

  /// A side wrote something that is no reply.
  case badLine(Side, LineFault, line: [UInt8])
  /// A side's process ended, or closed its standard output and runs on (nil), with a command to do or none.
  case ended(Side, ProcessEnd?, doing: Command?)
  /// A side said `ok` to opening a channel, and it had not opened it.
  case untrueOpen(Side, String, Requirement?)
  /// A side said `ok` to a `send`, and wrote less than the message.
  case untrueSend(Side, written: Int, expected: Int, waiting: Command?)
  /// A side said `ok` to a `close`, and the stream goes on.
  case untrueClose(Side, Command?, waiting: Command?)
  /// A side declares something in `hello` and refuses it.
  case declaredRefused(Side, Command, message: String)
  /// A side holds something after `reset`.
  case leftBehind(Side, [Leak])
  /// One of these sides left files behind.
  case leftFiles([Side], [String])
  /// A side did something beside the channel that it may not.
  case surroundings(Side, Observation.Surroundings, after: Command?)

  // MARK: Hanging

  /// A side's process is stopped by a signal or a debugger.
  case stopped(Side, Hanging)
  /// Both sides write, and neither reads; those that were told to read are to blame.
  case bothWrite([Side], Hanging)
  /// A side does not answer.
  case silent(Side, Hanging)

  // MARK: Bytes

  /// A side wrote other bytes than the vectors have; what the other answered.
  case wrongBytes(Side, WirePlace, ByteDifference?, answer: Observation.Exchange?)
  /// A side ended the stream too early.
  case shortStream(Side, written: Int, expected: Int, ByteDifference?, answer: Observation.Exchange?)
  /// A side wrote more than it should.
  case surplusBytes(Side, written: Int, expected: Int, ByteDifference?)
  /// A side wrote less than it should, and all was answered well.
  case fewerBytes(Side, written: Int, expected: Int, ByteDifference?)
  /// Both agree with each other, against the vector.
  case agreement(ByteDifference?, subject: Agreement)
  /// A side made another message of a value.
  case wrongEncoding(Side, Observation.Exchange)
  /// A side hands a message on that never went by.
  case inventedMessage(Side, Observation.Exchange)
  /// The slot's file is not what the writer should have made of it; what the reader answered.
  case wrongSlot(ByteDifference?, answer: Observation.Exchange)
  /// Something of an earlier text is behind the text in the slot.
  case slotNotCleared(ByteDifference?)

  // MARK: Replies

  /// A reply is wrong.
  case wrongReply(Observation.Exchange)
  /// A reply is wrong because the other side hung up.
  case hungUp(Side, answer: Observation.Exchange)
  /// A message is wrong, and nobody can say whose fault it is.
  case undecided(Observation.Exchange, Reason)
  /// Both lay a record out alike, and not as the vector has it.
  case layoutsAgree(Observation.Exchange)

  // MARK: Programs of examples

  /// A program did not print a line before it ended, or closed its output (nil).
  case noOutput(Side, pattern: String, end: ProcessEnd?)
  /// A program ended before it made what was waited for.
  case noPlace(Side, ExamplePlace, end: ProcessEnd)
  /// A program did not do its part in time.
  case silentProgram(Side, waitingFor: ProgramPart, seconds: Double)
  /// A peer did not answer in time, because the program did not do its part, which the states of both tell.
  case stuckProgram(Side, peer: Command?, seconds: Double)
  /// A peer did not answer in time.
  case silentPeer(Side, Command?, seconds: Double)
  /// A program ended otherwise than declared.
  case otherEnd(Side, expected: ExampleEnd, seen: ProcessEnd)
  /// What a program did that is on neither side of a conversation.
  indirect case of(program: String, Finding)
  /// A program ended badly before the peer answered.
  case endedBefore(Side, ProcessEnd, Observation.Exchange)

  // MARK: Outside a conversation

  /// An endpoint did not start, or did not say who it is.
  case noHello(adapter: String, HelloFault, standardError: String)
  /// An adapter is here and cannot be used.
  case unusable(adapter: String?, String)
  /// An endpoint did not end as it must.
  case uncleanEnd(String, EndingProblem)
  /// The harness could not do its work.
  case harness(String)

  /// What both agree on.
  package enum Agreement: Sendable {
    case wire
    case slot
  }

  /// Why nobody can say whose fault it is.
  package enum Reason: Equatable, Sendable {
    /// The tap is not in the channel.
    case noTap
    /// Other peers of the same program would tell.
    case otherPeersTell(Side)
  }

  /// What a program was waited for.
  package enum ProgramPart: Equatable, Sendable {
    case output(String)
    case end(ExampleEnd)
    case place(ExamplePlace)
  }
}

/// What hung, and what both sides were doing.
package struct Hanging: Sendable {
  /// What one side was doing.
  package struct Part: Sendable {
    package var side: Side
    /// The command that it had not answered.
    package var command: Command?
    /// The rule that the command checks, if it has one.
    package var requirement: Requirement?
    package var expectation: Expectation?
    package var state: ProcessState?
    /// How many bytes it wrote, how many it should have and how many were delivered; nil where nobody knows.
    package var progress: (written: Int, expected: Int, delivered: Int)?
  }

  package var seconds: Double
  package var parts: [Part]

  /// A side's part.
  package subscript(_ side: Side) -> Part? { parts.first { $0.side == side } }
}

/// Why an endpoint did not say who it is.
package enum HelloFault: Equatable, Sendable {
  case badLine(LineFault, line: [UInt8])
  case ended(ProcessEnd?)
  case silent(partialLine: [UInt8], seconds: Double)
  /// A reply that is no declaration.
  case notADeclaration(ProtocolError, line: String)
}
