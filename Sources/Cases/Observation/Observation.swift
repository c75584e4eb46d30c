package import AdapterProtocol
package import Journal

/// Everything observed in a case that the verdict needs.
///
/// A value: judging it does no I/O.
package struct Observation: Sendable {
  /// A command to a side, and its reply.
  package struct Exchange: Sendable {
    package var side: Side
    package var command: Command
    package var expectation: Expectation
    /// The requirement that the exchange checks, if the scenario names one.
    package var requirement: Requirement?
    /// The reply; nil until it arrives.
    package var reply: Reply?
    /// The message that a `receive` with `file=` wrote, if it is not the expected one.
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

    /// Whether the command is `receive`.
    package var isReceiving: Bool { command.verb == "receive" }
  }

  /// The bytes of one direction, compared with the vectors.
  package struct Wire: Sendable {
    package var sender: Side
    package var comparison: WireComparison
    package var deliveredCount: Int
    /// Whether the sender has ended the stream.
    package var hasEnded: Bool
    /// Whether the receiver closed its end while there were bytes to deliver.
    package var sinkIsGone: Bool

    package init(
      sender: Side, comparison: WireComparison, deliveredCount: Int, hasEnded: Bool, sinkIsGone: Bool = false
    ) {
      self.sender = sender
      self.comparison = comparison
      self.deliveredCount = deliveredCount
      self.hasEnded = hasEnded
      self.sinkIsGone = sinkIsGone
    }
  }

  /// What ended a case early.
  package enum Incident: Equatable, Sendable {
    /// A command had no reply before its deadline.
    case deadline(seconds: Double)
    /// An endpoint ended, or closed its standard output and still runs (nil).
    case ended(Side, ProcessEnd?)
    /// An endpoint wrote something that is not a reply.
    case badLine(Side, LineFault, line: [UInt8])
    /// An endpoint replied that it opened a channel, but it had not.
    case untrue(Side, String)
    /// An endpoint did something wrong outside the channel.
    case surroundings(Side, Surroundings)
    /// The run was interrupted.
    case interrupted
    /// A process that does not belong to the run connected to an endpoint, at this address.
    case disturbed(String)
    /// The harness could not do its work.
    case harness(String)
  }

  /// What an endpoint did outside the channel.
  package enum Surroundings: Equatable, Sendable {
    /// It connected to a listener whose existence it should only have checked.
    case phantomPeer
    /// It opened a FIFO for both reading and writing.
    case bothDirections
    /// It removed or changed a file of another process.
    case changedFile
    /// It allocated memory, in bytes, for a message that it should have refused.
    case tookMemory(Int, against: Requirement?)
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
  /// The first difference between the slot's file and its expected content.
  package var slotDifference: ByteDifference?
  /// Whether only NUL bytes follow the text in the slot's file.
  package var slotTailIsClean = true
  /// The listening side; nil on a transport without a listener.
  package var listener: Side?
  /// What a side still held after its `reset`.
  package var leaks: [Side: [Leak]] = [:]
  /// The names of unexpected files in the case's folder.
  package var leftovers: [String] = []

  package init(adapters: [Side: String], channel: Channel? = nil, isTapped: Bool) {
    self.adapters = adapters
    self.channel = channel
    self.isTapped = isTapped
  }

  /// An adapter with its side, such as `swift (reader)`.
  package func name(_ side: Side) -> String { "\(adapters[side] ?? "?") (\(side.rawValue))" }

  /// A side's first command without a reply.
  package func pending(_ side: Side) -> Exchange? { exchanges.first { $0.side == side && $0.reply == nil } }

  /// The bytes that a side wrote in the last phase.
  package func wire(from side: Side) -> Wire? { wires.last { $0.sender == side } }
}
