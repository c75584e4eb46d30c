import AdapterProtocol
import Cases
import Foundation
import Runner

/// How an endpoint reads a path: its socket file shows which one it has understood.
extension Ladder {
  /// What is written in the command, and what it means.
  private static let (encoded, meant) = ("a+b%2bc%2Bd%20%61%c3%a9", "a+b+c+d a\u{e9}")

  /// Listens at a path with `+` and percent-encodings of either case.
  func readPath(_ conversation: Talk, framing: String) throws {
    let folder = "\(site.workspace.path)/paths"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let command = Command(
      raw: "open channel=d transport=unix role=listen address=\(folder)/\(Self.encoded) framing=\(framing)")
    _ = try obeyed(command, conversation, .percentReading)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    if names == [Self.meant] { return }
    let isForm = names.contains { $0.contains(" b") || $0.contains("b c") || $0.contains("c d") }
    throw conversation.traced(
      Fault(
        title: "a path with + and percent-encodings", expected: "a socket file \"\(Self.meant)\"",
        seen: names.isEmpty ? "ok, and no file in its folder" : "a file \"\(names.joined(separator: "\", \""))\"",
        requirement: isForm ? .plusIsPlus : .percentReading))
  }
}
