/// A conversation with endpoints: a pure state machine that decides each step but does no I/O.
///
/// The processes' output and ends and the time go in; commands, waits and requests to the runner come out. One loop in the
/// runner does the I/O of all conversations: cases, examples, `hello`, the ladder and the shutdown of an endpoint.
///
/// Each process is one of the two sides; a single process is the writer. Times count from the start of the conversation.
package protocol ConversationMachine {
  /// Something that only the runner can do, such as creating a file; it answers at once, through the machine's methods.
  associatedtype Request

  /// The next step; nil if there is nothing to do until an event or the deadline.
  mutating func next(at now: Duration) -> ConversationStep<Request>?
  /// Takes an event of a process.
  mutating func take(_ event: ProcessEvent, from side: Side)
  /// Takes an event of a process on neither side.
  mutating func take(_ event: ProcessEvent, fromOther name: String)
  /// When ``next(at:)`` must be called even without an event; nil if never.
  var deadline: Duration? { get }
  /// Whether the conversation has ended.
  var isOver: Bool { get }
  /// Ends the conversation because the run was interrupted.
  mutating func interrupt()
}

extension ConversationMachine {
  package mutating func take(_ event: ProcessEvent, fromOther name: String) {}
}

/// A process of a conversation.
package enum Participant: Hashable, Sendable {
  case side(Side)
  /// One on neither side, by its name.
  case other(String)
}

/// A step that the runner must carry out.
package enum ConversationStep<Request> {
  /// Write bytes to a process's standard input.
  case write(Participant, [UInt8])
  /// Close a process's standard input.
  case closeInput(Participant)
  /// Send a process's group a signal.
  case signal(Participant, Int32)
  /// Send a process `SIGKILL`, and wait for its end.
  case kill(Participant)
  /// Carry out a request.
  case request(Request)
}

/// An event of a process.
package enum ProcessEvent {
  /// It wrote to standard output.
  case output(ArraySlice<UInt8>)
  /// It wrote to standard error.
  case errorOutput(ArraySlice<UInt8>)
  /// It closed standard output.
  case outputClosed
  /// It ended; all its earlier output has been reported.
  case ended(ProcessEnd)
}
