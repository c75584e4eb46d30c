/// A conversation with endpoints: a pure machine, which decides what is done next and does none of it.
///
/// What the processes write, their ends and the time go in; commands, waits and requests to the surroundings come out. One
/// loop, the runner's, does the I/O for all of them: cases, examples, `hello`, the ladder and the end of an endpoint.
///
/// Each process is one of the two sides; who is alone is the writer. Times count from the conversation's beginning.
package protocol ConversationMachine {
  /// Something that only the surroundings can do, such as making a file; they answer at once, through the machine's own methods.
  associatedtype Request

  /// What is to be done now; nil when there is nothing to do but to wait.
  mutating func next(at now: Duration) -> ConversationStep<Request>?
  /// Takes what has happened to a process.
  mutating func take(_ event: ProcessEvent, from side: Side)
  /// When the time alone changes something; nil if it never does.
  var deadline: Duration? { get }
  /// Whether nothing more will happen.
  var isOver: Bool { get }
  /// Ends the conversation because the runner is told to stop.
  mutating func interrupt()
}

/// What a conversation wants done.
package enum ConversationStep<Request> {
  /// Write bytes to a process's standard input.
  case write(Side, [UInt8])
  /// Close a process's standard input.
  case closeInput(Side)
  /// Send a process `SIGTERM`.
  case terminate(Side)
  /// End a process at once.
  case kill(Side)
  /// Ask the surroundings.
  case request(Request)
}

/// What can happen to a process.
package enum ProcessEvent {
  /// It wrote to standard output.
  case output(ArraySlice<UInt8>)
  /// It wrote to standard error.
  case errorOutput(ArraySlice<UInt8>)
  /// It closed standard output.
  case outputClosed
  /// It ended; what it wrote before has been taken already.
  case ended(ProcessEnd)
}
