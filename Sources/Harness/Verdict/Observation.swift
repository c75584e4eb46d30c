import AdapterProtocol
import Journal

/// Everything that was observed in a case, as far as a verdict needs it.
///
/// A value: judging it does no I/O.
struct Observation {
  /// A command that was given to a side, and what came of it.
  struct Exchange {
    var side: Side
    var command: String
    var expectation: Expectation
    /// Nil while there is none.
    var reply: Reply?
    /// The message that a `receive` with `file=` left, if it is not the expected one.
    var fileContent: [UInt8]?
    /// What is wrong with the reply, or nil.
    var mismatch: Mismatch?
  }

  /// The bytes of one direction, against the vectors.
  struct Wire {
    var sender: Side
    var comparison: WireComparison
    var deliveredCount: Int
    /// Whether the sender has ended the stream.
    var hasEnded: Bool
    /// Whether the other side has gone away while there was something to deliver.
    var sinkIsGone = false
  }

  /// What ended a case before its steps were done.
  enum Incident {
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
  var adapters: [Side: String]
  var exchanges: [Exchange] = []
  var wires: [Wire] = []
  var isTapped: Bool
  var incident: Incident?
  /// The first difference between the slot's file and what it must be.
  var slotDifference: ByteDifference?
  /// Whether the channel is a slot, whose file the runner can look at.
  var isSlot = false
  /// Whether there are only NUL bytes behind the text in the slot's file.
  var slotTailIsClean = true
  /// Who listens, on a transport where one side does.
  var listener: Side?
  /// What a side still held after its `reset`.
  var leaks: [Side: [String]] = [:]
  /// What lay in the case's folder and should not.
  var leftovers: [String] = []

  func name(_ side: Side) -> String { "\(adapters[side] ?? "?") (\(side.rawValue))" }
}

/// What is wrong with a reply.
struct Mismatch: Equatable {
  var expected: String
  var seen: String
  var difference: ByteDifference?
}
