import Foundation
import Testing

/// Swift's endpoint program, with a folder for what it opens.
struct EndpointProgram {
  let folder: TemporaryFolder
  let child: ChildProgram

  init(inheriting descriptors: [Int32] = []) throws {
    folder = try TemporaryFolder()
    child = try ChildProgram([Here.endpoint], inheriting: descriptors)
  }

  func ask(_ command: String) throws -> String { try child.ask(command) }

  /// The kind of the error with which a command is answered; the whole reply if it is no error.
  func kind(_ command: String) throws -> String { Self.kind(of: try ask(command)) }

  static func kind(of reply: String) -> String {
    let start = "error kind="
    return reply.hasPrefix(start) ? String(reply.dropFirst(start.count).prefix { $0 != " " }) : reply
  }

  /// Opens a channel whose address is an entry of the folder.
  func open(
    _ channel: String, _ transport: String, _ role: String, _ entry: String = "s", framing: String? = nil,
    options: String = ""
  ) throws -> String {
    let framing = framing ?? (transport.hasSuffix("unix") ? "line" : "none")
    return try kind(
      "open channel=\(channel) transport=\(transport) role=\(role) address=\(folder.entry(entry)) framing=\(framing)\(options)"
    )
  }

  /// Opens both ends of a Unix stream: `a` has accepted `b`.
  func openPair(options: String = "") throws {
    try #require(try open("a", "unix", "listen", "pair", options: options) == "ok")
    try #require(try open("b", "unix", "connect", "pair", options: options) == "ok")
    try #require(try ask("accept channel=a") == "ok")
  }
}
