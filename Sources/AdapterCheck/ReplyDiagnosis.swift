import AdapterProtocol
import Cases
import Runner

/// Says what is wrong with a line of standard output that is no reply.
///
/// A pure function of the bytes, so that a first line with a banner in front of it and a byte order mark read differently.
package enum ReplyDiagnosis {
  /// Finds the fault.
  ///
  /// - Parameters:
  ///   - line: the bytes, without a line feed.
  ///   - next: the line after it, if one has come.
  ///   - command: what it should be the answer to; nil if nothing was asked.
  /// - Returns: the fault, or nil if the line is a reply and was asked for.
  package static func fault(_ line: ArraySlice<UInt8>, next: ArraySlice<UInt8>?, answering command: String?) -> Fault? {
    let seen = "\(quoted(line))\n\(ByteDump.text(line + [0x0a]))"
    func fault(_ title: String, _ expected: String, _ requirement: Requirement, _ cure: String? = nil) -> Fault {
      Fault(title: title, expected: expected, seen: seen, requirement: requirement, cure: cure)
    }
    if line.starts(with: [0xef, 0xbb, 0xbf]) {
      return fault(
        "a UTF-8 byte order mark on standard output", "the first byte of the reply: o or e", .nothingElse,
        "The bytes ef bb bf are a byte order mark, which some runtimes write by themselves: choose UTF-8 without it, or ASCII, for standard output."
      )
    }
    if line.starts(with: [0xff, 0xfe]) || line.starts(with: [0xfe, 0xff]) || line.contains(0) {
      return fault(
        "standard output in another encoding", "ASCII, a byte a character", .encoding,
        "The bytes look like UTF-16 or binary: set standard output's encoding to ASCII or UTF-8.")
    }
    if line.last == 0x0d {
      return fault("replies that end with CR LF", "a line that ends with LF alone", .lineFeed)
    }
    let isReply = (try? Reply(parsing: line)) != nil
    guard let command else {
      return fault("a line that answers no command", "silence until the next command", .nothingElse)
    }
    if isReply { return nil }
    if let next, (try? Reply(parsing: next)) != nil, !line.starts(with: Array("ok".utf8)) {
      return fault(
        "a line before the reply", "the reply to \(command), and nothing before it", .nothingElse,
        "The reply came after it: print what is no reply to standard error, or not at all.")
    }
    return unreadable(line, command, fault)
  }

  private static func unreadable(
    _ line: ArraySlice<UInt8>, _ command: String, _ fault: (String, String, Requirement, String?) -> Fault
  ) -> Fault? {
    do {
      _ = try Reply(parsing: line)
      return nil
    } catch {
      let expected = "a reply to \(command)"
      let title = "a line that is no reply, since \(error.message)"
      if error.message.contains("error kind") { return fault(title, expected, .kinds, nil) }
      if error.message.contains("percent-encoded") { return fault(title, expected, .encoding, nil) }
      if error.message.contains("starts with") { return fault(title, expected, .nothingElse, nil) }
      return fault(title, expected, .grammar, nil)
    }
  }

  private static func quoted(_ line: ArraySlice<UInt8>) -> String {
    "\"\(Expectation.shortened(String(decoding: line.prefix(400), as: UTF8.self), to: 120))\""
  }
}
