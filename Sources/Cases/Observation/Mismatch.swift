package import Journal

/// What is wrong with a reply.
package struct Mismatch: Equatable, Sendable {
  /// In which way it is wrong.
  package enum Kind: Equatable, Sendable {
    /// An error where `ok` was expected.
    case refused
    /// `ok` where an error was expected.
    case accepted
    /// Another error kind than expected.
    case otherKind
    /// The end of the stream where a message was expected.
    case earlyEnd
    /// Something else where the end of the stream was expected.
    case noEnd
    /// A `payload=` that is not lower-case hexadecimal.
    case notHex
    /// A reply without the key that carries the answer, or with one that cannot be read.
    case noAnswer
    /// A `length=` that is not the length of the file.
    case wrongLength
    /// A file that has old content before or behind the message.
    case oldContent
    /// No more than the beginning of the message.
    case cutMessage
    /// A message that went through a text encoding.
    case textForBytes
    /// Another message.
    case otherMessage
    /// Another value, or a message that holds another value.
    case otherValue
    /// Other fields.
    case otherFields
  }

  /// In which way it is wrong.
  package var kind: Kind
  /// The first difference in bytes, where bytes differ.
  package var difference: ByteDifference?

  package init(_ kind: Kind, _ difference: ByteDifference? = nil) {
    self.kind = kind
    self.difference = difference
  }
}
