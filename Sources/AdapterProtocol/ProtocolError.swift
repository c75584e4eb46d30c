public import WireFormats

/// Why a line breaks the adapter protocol.
public struct ProtocolError: Error, Equatable, Sendable {
  /// What is wrong with a line.
  public enum Reason: Equatable, Sendable {
    /// A command that does not start with a verb.
    case noVerb
    /// A word without `=`.
    case notAField(String)
    /// A key with characters other than a-z, 0-9 and -.
    case notAKey(String)
    /// A key that occurs twice.
    case repeatedKey(String)
    /// A byte of a value that must be percent-encoded.
    case badByte(UInt8, key: String)
    /// A reply that is neither `ok` nor `error`.
    case noReply
    /// A UTF-8 byte order mark at the beginning.
    case byteOrderMark
    /// CR LF at the end.
    case carriageReturn
    /// An error reply without `kind=`.
    case noKind
    /// An error kind that the protocol does not define.
    case unknownKind(String)
    /// `hello` was answered with an error.
    case refusedHello(ErrorKind, message: String)
    /// `hello` was answered with another version of the protocol.
    case otherVersion(String)
    /// The reply to `hello` lacks a key.
    case missingKey(String)
  }

  /// What is wrong.
  public let reason: Reason

  /// Creates an error.
  public init(_ reason: Reason) { self.reason = reason }

  /// A phrase that says what is wrong, to embed in a sentence.
  public var message: String {
    switch reason {
    case .noVerb: "a command starts with a verb of a-z, 0-9 and -, such as hello"
    case .notAField(let word): "\"\(word)\" is not of the form key=value"
    case .notAKey(let key): "\"\(key)\" is not a key: use a-z, 0-9 and -"
    case .repeatedKey(let key): "the key \(key) occurs twice"
    case .badByte(let byte, let key):
      "the value of \(key) has byte \(byte), which must be percent-encoded as %\(Self.hex(byte))"
    case .noReply: "a reply starts with ok or error"
    case .byteOrderMark: "it starts with a UTF-8 byte order mark; write plain ASCII"
    case .carriageReturn: "it ends with CR LF; write LF alone"
    case .noKind: "an error reply needs a kind"
    case .unknownKind(let name): "\"\(name)\" is not an error kind; section 5 of PROTOCOL.md lists them"
    case .refusedHello(let kind, let message): "hello was answered with the error \(kind.rawValue): \(message)"
    case .otherVersion(let version):
      "hello must answer protocol=\(Declaration.protocolVersion); it answered \"\(version)\""
    case .missingKey(let key): "the reply to hello lacks the key \(key)"
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }
}
