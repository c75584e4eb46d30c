/// A position in the bytes of one direction, in terms of the vectors.
package struct WirePlace: Equatable, Sendable {
  /// A part of a frame.
  package enum Part: Equatable, Sendable {
    case prefix
    case payload
    case suffix
    /// After all expected bytes.
    case beyond
  }

  /// The part.
  package var part: Part
  /// The number of the message, from 1; 0 after the last.
  package var message = 0
  /// The offset within the part, in bytes.
  package var byte = 0

  /// The part's name, such as "length prefix of message 1".
  package var field: String {
    switch part {
    case .prefix: "length prefix of message \(message)"
    case .payload: "payload of message \(message)"
    case .suffix: "end mark of message \(message)"
    case .beyond: "beyond the last message"
    }
  }
}

extension WirePlace: CustomStringConvertible {
  /// The position in words, such as "length prefix of message 1, byte 3".
  package var description: String { part == .beyond ? field : "\(field), byte \(byte)" }
}

extension ExpectedFrame {
  /// The frame's parts, in order.
  var parts: [(WirePlace.Part, [UInt8])] { [(.prefix, prefix), (.payload, payload), (.suffix, suffix)] }
}
