package import AdapterProtocol

/// What is wrong with an endpoint's output where a reply was expected.
package enum LineFault: Equatable, Sendable {
  /// A UTF-8 byte order mark at the beginning.
  case byteOrderMark
  /// Bytes of another encoding, such as UTF-16, or binary.
  case otherEncoding
  /// CR LF at the end.
  case carriageReturn
  /// A line that answers no command.
  case unasked
  /// A line before the reply.
  case banner
  /// More bytes than the longest line without a line feed.
  case tooLong
  /// The output ended inside a line; how the process ended, or nil if it still runs.
  case cutOff(ProcessEnd?)
  /// A space inside a value, where it must be percent-encoded.
  case blankInValue(String)
  /// A line that breaks the grammar.
  case notAReply(ProtocolError.Reason)

  /// Finds what is wrong with a line; a pure function of the bytes.
  ///
  /// - Parameters:
  ///   - line: the bytes, without the line feed.
  ///   - next: the next line, if it has arrived.
  ///   - isAsked: whether a command waits for a reply.
  /// - Returns: the fault, or nil if the line is a reply to a command.
  package static func diagnosis(
    _ line: ArraySlice<UInt8>, next: ArraySlice<UInt8>? = nil, isAsked: Bool
  ) -> LineFault? {
    if line.starts(with: [0xef, 0xbb, 0xbf]) { return .byteOrderMark }
    if line.starts(with: [0xff, 0xfe]) || line.starts(with: [0xfe, 0xff]) || line.contains(0) {
      return .otherEncoding
    }
    if line.last == 0x0d { return .carriageReturn }
    guard isAsked else { return .unasked }
    do {
      _ = try Reply(parsing: line)
      return nil
    } catch {
      if let next, (try? Reply(parsing: next)) != nil, !line.starts(with: Array("ok".utf8)) { return .banner }
      if case .notAField(let word) = error.reason, line.starts(with: Array("error kind=".utf8)) {
        return .blankInValue(word)
      }
      return .notAReply(error.reason)
    }
  }
}

extension LineFault {
  /// Whether the next line is needed to tell a banner from an invalid reply.
  package static func canBeBanner(_ line: ArraySlice<UInt8>) -> Bool {
    if case .notAReply = diagnosis(line, isAsked: true) { true } else { false }
  }
}
