extension ExampleConversation {
  /// What only the runner can do.
  package enum Request: Sendable {
    /// Inspect both processes; answered in ``ExampleConversation/states``.
    case examine
    /// Check for the peer's leaks after its `reset`; answered with ``ExampleConversation/left(_:)``.
    case remains
    /// Start the program, or another one by its name, with these placeholders; answered with
    /// ``ExampleConversation/fail(_:)`` if that fails.
    case start(String?, [String: String])
    /// Look whether something exists; answered with ``ExampleConversation/found(_:)`` if it does.
    case look(ExamplePlace)
    /// Write a file; answered with ``ExampleConversation/fail(_:)`` if that fails.
    case write([UInt8], path: String)
    /// Read a file; answered with ``ExampleConversation/read(_:)``, or ``ExampleConversation/fail(_:)`` if that fails.
    case read(path: String)
  }
}
