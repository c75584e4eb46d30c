package import AdapterProtocol
package import Journal

/// Everything that was observed in a case, as far as a verdict needs it.
///
/// A value: judging it does no I/O.
package struct Observation {
  /// A command that was given to a side, and what came of it.
  package struct Exchange {
    package var side: Side
    package var command: String
    package var expectation: Expectation
    /// Nil while there is none.
    package var reply: Reply?
    /// The message that a `receive` with `file=` left, if it is not the expected one.
    package var fileContent: [UInt8]?
    /// What is wrong with the reply, or nil.
    package var mismatch: Mismatch?

    package init(side: Side, command: String, expectation: Expectation, reply: Reply? = nil, mismatch: Mismatch? = nil)
    {
      self.side = side
      self.command = command
      self.expectation = expectation
      self.reply = reply
      self.mismatch = mismatch
    }
  }

  /// The bytes of one direction, against the vectors.
  package struct Wire {
    package var sender: Side
    package var comparison: WireComparison
    package var deliveredCount: Int
    /// Whether the sender has ended the stream.
    package var hasEnded: Bool
    /// Whether the other side has gone away while there was something to deliver.
    package var sinkIsGone = false

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

  /// What ended a case before its steps were done.
  package enum Incident {
    /// A command was not answered in time.
    case deadline(seconds: Double)
    /// An endpoint's process ended, or it closed its standard output.
    case ended(Side, String)
    /// An endpoint wrote something that is not a reply.
    case notProtocol(Side, reason: String, line: String)
    /// An endpoint said that it had done something, and it had not.
    case untrue(Side, String)
    /// The runner was told to stop.
    case interrupted
    /// The harness could not do its work.
    case harness(String)
  }

  /// The names of the adapters.
  package var adapters: [Side: String]
  package var exchanges: [Exchange] = []
  package var wires: [Wire] = []
  package var isTapped: Bool
  package var incident: Incident?
  /// The first difference between the slot's file and what it must be.
  package var slotDifference: ByteDifference?
  /// Whether the channel is a slot, whose file the runner can look at.
  package var isSlot = false
  /// Whether there are only NUL bytes behind the text in the slot's file.
  package var slotTailIsClean = true
  /// Who listens, on a transport where one side does.
  package var listener: Side?
  /// What a side still held after its `reset`.
  package var leaks: [Side: [String]] = [:]
  /// What lay in the case's folder and should not.
  package var leftovers: [String] = []

  package init(adapters: [Side: String], isTapped: Bool) {
    self.adapters = adapters
    self.isTapped = isTapped
  }

  package func name(_ side: Side) -> String { "\(adapters[side] ?? "?") (\(side.rawValue))" }
}

/// What is wrong with a reply.
package struct Mismatch: Equatable {
  package var expected: String
  package var seen: String
  package var difference: ByteDifference?
}
