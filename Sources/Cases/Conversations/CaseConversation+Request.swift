package import AdapterProtocol

extension CaseConversation {
  /// What only the runner can do.
  package enum Request: Sendable {
    /// A phase begins; its link is used from now on.
    case beginPhase(Int)
    /// Have a side open one of the link's channels; answered with ``CaseConversation/issue(_:to:expecting:as:at:)``.
    case open(Side, ChannelName, Expectation)
    /// Have a side open a channel at a place to be prepared; answered in the same way.
    case openAt(Side, role: String, Place, Expectation, Requirement?)
    /// A side replied that it opened a channel of the link; answered with ``CaseConversation/fail(_:)`` if it has not.
    case opened(Side, ChannelName, Reply)
    /// A side has accepted, or takes long to; answered with ``CaseConversation/disturb(at:)`` if a stranger came first.
    case checkVisitor(Side)
    /// Read and remove the file of a received message; answered with ``CaseConversation/received(_:in:)``.
    case content(exchange: Int, path: String)
    /// Create the slot's file.
    case makeSlot([UInt8])
    /// Create a FIFO.
    case makeFifo(String)
    /// Create a file with some content.
    case fillFile(String)
    /// Compare the slot's file; answered with ``CaseConversation/slot(_:expected:)``.
    case checkSlot([UInt8])
    /// Check a place; answered with ``CaseConversation/fail(_:)`` if it was changed.
    case checkPlace(Side, Place)
    /// Record a side's peak memory.
    case noteMemory(Side, Memory)
    /// Compare a side's peak memory with the record; answered with ``CaseConversation/fail(_:)`` if it grew too much.
    case checkMemory(Side, Memory, limit: Int)
    /// Inspect both processes; answered in the states of ``CaseConversation/observation``.
    case examine
    /// A phase ends: record what its link saw, and release it.
    case endPhase
    /// Check for leaks and files left behind; answered in ``CaseConversation/observation``.
    case remains
  }
}
