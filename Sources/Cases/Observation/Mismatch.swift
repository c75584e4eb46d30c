package import Journal

/// What is wrong with a reply.
package struct Mismatch: Equatable, Sendable {
  /// The kind of a mismatch.
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
    /// A reply whose key with the answer is missing or invalid.
    case noAnswer
    /// A `length=` that is not the length of the file.
    case wrongLength
    /// A file with old content before or after the message.
    case oldContent
    /// Only the beginning of the message.
    case cutMessage
    /// A message that was converted as text.
    case textForBytes
    /// Another message.
    case otherMessage
    /// Another value, or a message that encodes another value.
    case otherValue
    /// Other fields.
    case otherFields
  }

  /// The kind.
  package var kind: Kind
  /// The first differing byte; nil if no bytes were compared.
  package var difference: ByteDifference?

  package init(_ kind: Kind, _ difference: ByteDifference? = nil) {
    self.kind = kind
    self.difference = difference
  }
}
