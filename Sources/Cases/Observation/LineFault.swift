package import AdapterProtocol

/// What is wrong with what an endpoint wrote to standard output where a reply should be.
package enum LineFault: Equatable, Sendable {
  /// A UTF-8 byte order mark in front.
  case byteOrderMark
  /// Bytes of another encoding, such as UTF-16, or binary.
  case otherEncoding
  /// CR LF at the end.
  case carriageReturn
  /// A line that answers no command.
  case unasked
  /// A line in front of the reply.
  case banner
  /// More than the longest line's bytes without a line feed.
  case tooLong
  /// The output ended inside a line; how the process ended, nil if it runs on.
  case cutOff(ProcessEnd?)
  /// A blank inside a value, which must be percent-encoded.
  case blankInValue(String)
  /// A line that breaks the grammar.
  case notAReply(ProtocolError.Reason)

  /// Finds what is wrong with a line.
  ///
  /// A pure function of the bytes, so that a first line with a banner in front of it and a byte order mark read differently.
  ///
  /// - Parameters:
  ///   - line: the bytes, without a line feed.
  ///   - next: the line after it, if one has come.
  ///   - isAsked: whether a command waits for a reply.
  /// - Returns: the fault, or nil if the line is a reply and was asked for.
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
  /// Whether only the line after it tells a banner from a reply that is wrong.
  package static func canBeBanner(_ line: ArraySlice<UInt8>) -> Bool {
    if case .notAReply = diagnosis(line, isAsked: true) { true } else { false }
  }
}
