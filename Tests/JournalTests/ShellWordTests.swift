import Foundation
import Journal
import Testing

@Suite("Text as a word of a command, and as text that steers nothing")
struct ShellWordTests {
  private static let hostile = [
    "", "plain", "a b", "a'; touch x; echo '", "$(touch x)", "`touch x`", "a\\", "\"", "$HOME", "*", "~", "!", "-n",
    "a\nb",
    "a\tb", "\u{1b}[31m", "\u{202e}txt.exe", "é", "\u{7f}", "a\u{2066}'b\\", "\u{1}7", "|&;<>()#",
    "a'\u{301};id;'\u{301}b",
  ]

  @Test("A shell takes it literally", arguments: hostile)
  func literal(_ text: String) throws {
    for word in [text.shellWord, text.quotedForShell] {
      #expect(word.harmless == word && !word.contains("\n"))
      #expect(try Self.shell("printf '[%s]' \(word)") == "[\(text)]")
    }
  }

  @Test("It is read back as one word", arguments: hostile)
  func readBack(_ text: String) {
    #expect("x \(text.shellWord)  \(text.quotedForShell)".shellWords == ["x", text, text])
  }

  @Test("A plain word stays as it is")
  func plain() {
    #expect("messages/unix+line/a-b/x".shellWord == "messages/unix+line/a-b/x")
    #expect("messages/unix+line/a-b/x".quotedForShell == "'messages/unix+line/a-b/x'")
    #expect("a'b".shellWord == "'a'\\''b'")
  }

  @Test("Controls and marks of bidirectional text are replaced, and nothing else")
  func harmless() {
    #expect(
      "a\u{1b}\u{9b}\r\u{202e}\u{2066}\u{200f}\u{2028}b".harmless == "a" + String(repeating: "\u{fffd}", count: 7) + "b"
    )
    #expect("tab\tline\né 漢 👩\u{200d}👧 ✓".harmless == "tab\tline\né 漢 👩\u{200d}👧 ✓")
  }

  private static func shell(_ script: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
