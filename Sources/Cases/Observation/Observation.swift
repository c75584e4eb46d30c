package import AdapterProtocol
package import Journal

/// Everything that was observed in a case, as far as a verdict needs it.
///
/// A value: judging it does no I/O.
package struct Observation: Sendable {
  /// A command that was given to a side, and what came of it.
  package struct Exchange: Sendable {
    package var side: Side
    package var command: Command
    package var expectation: Expectation
    /// What the exchange checks, where the scenario says so.
    package var requirement: Requirement?
    /// Nil while there is none.
    package var reply: Reply?
    /// The message that a `receive` with `file=` left, if it is not the expected one.
    package var fileContent: [UInt8]?
    /// What is wrong with the reply, or nil.
    package var mismatch: Mismatch?

    package init(
      side: Side, command: Command, expectation: Expectation, requirement: Requirement? = nil, reply: Reply? = nil,
      mismatch: Mismatch? = nil
    ) {
      self.side = side
      self.command = command
      self.expectation = expectation
      self.requirement = requirement
      self.reply = reply
      self.mismatch = mismatch
    }

    /// Whether the side was asked to receive.
    package var isReceiving: Bool { command.verb == "receive" }
  }

  /// The bytes of one direction, against the vectors.
  package struct Wire: Sendable {
    package var sender: Side
    package var comparison: WireComparison
    package var deliveredCount: Int
    /// Whether the sender has ended the stream.
    package var hasEnded: Bool
    /// Whether the other side has gone away while there was something to deliver.
    package var sinkIsGone: Bool
    /// Whether the tap passes on what it takes; a fault may change or keep it.
    package var isFaithful: Bool

    package init(
      sender: Side, comparison: WireComparison, deliveredCount: Int, hasEnded: Bool, sinkIsGone: Bool = false,
      isFaithful: Bool = true
    ) {
      self.sender = sender
      self.comparison = comparison
      self.deliveredCount = deliveredCount
      self.hasEnded = hasEnded
      self.sinkIsGone = sinkIsGone
      self.isFaithful = isFaithful
    }
  }

  /// What ended a case before its steps were done.
  package enum Incident: Equatable, Sendable {
    /// A command was not answered in time.
    case deadline(seconds: Double)
    /// An endpoint's process ended, or closed its standard output and runs on (nil).
    case ended(Side, ProcessEnd?)
    /// An endpoint wrote something that is not a reply.
    case badLine(Side, LineFault, line: [UInt8])
    /// An endpoint said that it had opened a channel, and it had not.
    case untrue(Side, String)
    /// Something beside the channel is not as it should be.
    case surroundings(Side, Surroundings)
    /// The runner was told to stop.
    case interrupted
    /// The harness could not do its work.
    case harness(String)
  }

  /// What an endpoint did beside the channel.
  package enum Surroundings: Equatable, Sendable {
    /// It connected to a listener that it should only have looked at.
    case phantomPeer
    /// It opened a FIFO for reading and writing at once.
    case bothDirections
    /// It removed or changed a file that is not its own.
    case changedFile
    /// It took memory for a message that it should have refused, in bytes.
    case tookMemory(Int)
  }

  /// The names of the adapters.
  package var adapters: [Side: String]
  /// The channel; nil in a conversation with an example.
  package var channel: Channel?
  package var exchanges: [Exchange] = []
  package var wires: [Wire] = []
  package var isTapped: Bool
  package var incident: Incident?
  /// What the processes were doing when the case hung.
  package var states: [Side: ProcessState] = [:]
  /// The first difference between the slot's file and what it must be.
  package var slotDifference: ByteDifference?
  /// Whether there are only NUL bytes behind the text in the slot's file.
  package var slotTailIsClean = true
  /// Who listens, on a transport where one side does.
  package var listener: Side?
  /// What a side still held after its `reset`.
  package var leaks: [Side: [Leak]] = [:]
  /// What lay in the case's folder and should not.
  package var leftovers: [String] = []

  package init(adapters: [Side: String], channel: Channel? = nil, isTapped: Bool) {
    self.adapters = adapters
    self.channel = channel
    self.isTapped = isTapped
  }

  /// An adapter with its side: `swift (reader)`.
  package func name(_ side: Side) -> String { "\(adapters[side] ?? "?") (\(side.rawValue))" }

  /// The first command of a side that waits for a reply.
  package func pending(_ side: Side) -> Exchange? { exchanges.first { $0.side == side && $0.reply == nil } }

  /// The bytes that a side wrote, in the phase that was carried out last.
  package func wire(from side: Side) -> Wire? { wires.last { $0.sender == side } }
}
