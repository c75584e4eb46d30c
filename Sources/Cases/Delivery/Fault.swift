/// A change that the tap makes to a stream on purpose; each fault has a file in the folder `Faults`.
///
/// A pure state machine for one direction; the relay does the I/O.
package protocol Fault: Sendable {
  /// The name, made of a-z and -.
  static var name: String { get }
  /// A phrase that says what it does.
  static var summary: String { get }

  /// Called with bytes from the sender.
  ///
  /// - Returns: the bytes to deliver instead.
  mutating func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8>
  /// What to do now with the undelivered bytes, of which there is at least one.
  mutating func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction
  /// Whether to end the stream here, even if the sender sends more.
  func ends(at position: StreamPosition) -> Bool
  /// Whether the end that ``ends(at:)`` asks for breaks the connection off instead of ending one direction.
  var endsByReset: Bool { get }
}

extension Fault {
  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> { bytes }
  package func ends(at position: StreamPosition) -> Bool { false }
  package var endsByReset: Bool { false }
}

/// The progress of a stream.
package struct StreamPosition: Equatable, Sendable {
  /// The number of bytes that the sender wrote.
  package var received = 0
  /// The number of bytes that were delivered.
  package var delivered = 0
  /// The number of undelivered bytes.
  package var waiting = 0
  /// Whether the sender has ended the stream.
  package var hasEnded = false

  package init() {}
}

/// What a fault does with the undelivered bytes.
package enum FaultAction: Equatable, Sendable {
  /// Deliver a number of them, 1 or more; with `thenWaitForReading`, then wait until the peer has read them.
  case deliver(Int, thenWaitForReading: Bool = false)
  /// Deliver nothing until more bytes arrive.
  case hold
  /// Deliver nothing for a time.
  case pause(Duration)
}
