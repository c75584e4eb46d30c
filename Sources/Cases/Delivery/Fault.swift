/// Something that the tap does to a stream on its way, on purpose: one file a fault, in the folder `Faults`.
///
/// A pure state machine, for one direction; the relay does the I/O.
package protocol Fault: Sendable {
  /// The name, of a-z and -.
  static var name: String { get }
  /// What it does, in a few words.
  static var summary: String { get }
  /// Whether it passes every byte on in the end, so that the receiver must understand what was sent.
  var isFaithful: Bool { get }

  /// Takes bytes that have come from the sender.
  ///
  /// - Returns: what is to be delivered in their place.
  mutating func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8>
  /// What is to be done now with the bytes that wait, of which there is at least one.
  mutating func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction
  /// Whether the stream ends here, whatever the sender still has.
  func ends(at position: StreamPosition) -> Bool
}

extension Fault {
  package var isFaithful: Bool { true }
  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> { bytes }
  package func ends(at position: StreamPosition) -> Bool { false }
}

/// How far a stream has come.
package struct StreamPosition: Equatable, Sendable {
  /// How many bytes the sender wrote.
  package var received = 0
  /// How many bytes were delivered.
  package var delivered = 0
  /// How many bytes wait.
  package var waiting = 0
  /// Whether the sender has ended the stream.
  package var hasEnded = false

  package init() {}
}

/// What a fault does with the bytes that wait.
package enum FaultAction: Equatable, Sendable {
  /// Deliver so many of them, at least 1; if asked for, wait until the peer has read them before the next.
  case deliver(Int, thenWaitForReading: Bool = false)
  /// Deliver nothing until more has come.
  case hold
  /// Deliver nothing for so long.
  case pause(Duration)
}
