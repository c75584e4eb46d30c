package import AdapterProtocol
package import WireFormats

/// What a reply must be.
package enum Expectation: Equatable, Sendable {
  case ok
  case message(Message)
  /// Ok, with a message that is like this.
  case like(MessagePattern)
  /// Ok, with an equal value.
  case value(Value)
  /// Ok, with a message that holds a value.
  case encoding(Encoding)
  /// Ok, with these fields.
  case fields([Field])
  case end
  /// Any of these errors.
  case error(Set<ErrorKind>)
}

/// A value as a message.
package struct Encoding: Equatable, Sendable {
  package var value: Value
  package var codec: Codec
  package var format: String?
  /// The message's bytes, where the codec leaves no choice.
  package var bytes: [UInt8]?
}
