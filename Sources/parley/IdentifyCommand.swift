import ArgumentParser
import Cases
import Foundation
import Journal
import Tap

/// The command `parley identify`.
struct IdentifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identify",
    abstract: "Say what bytes are: their framing, their content, why, and what else they could be.",
    usage: "parley identify <file> [options]",
    discussion: """
      Example: parley tap --listen a.sock --connect b.sock --record talk.jsonl; parley identify talk.jsonl
      The file is a recording of parley tap, or the bytes themselves as one program sent them.
      With --json each line is an object with connection, client-framing, server-framing, contents, reason, alternatives and certain.
      Exit status: 0 if a framing was found for every connection, 1 if not, 2 wrong usage, 3 if the file cannot be read.
      """)

  @Argument(help: "A recording, or a file of bytes; - for standard input.")
  var file: String

  @OptionGroup var reading: ReadingOptions

  @Flag(help: "Show every message, as parley tap does.")
  var messages = false

  @Flag(help: "One JSON object a line.")
  var json = false

  func run() throws {
    let content = try read()
    var events: [TapEvent] = []
    if TapRecording.begins(content) {
      try TapRecording.read(content, path: file) { events.append($0) }
    } else {
      let start = TapTime(microseconds: 0)
      events = [.connected(1, start), .bytes(1, .client, start, offset: 0, content), .ended(1, .client, start)]
    }
    guard messages else { return try say(events) }
    var view = TapView(framing: try reading.chosenFraming(), codec: try reading.chosenCodec())
    let form = TextForm(isColoured: isatty(1) == 1, longest: 240)
    var lines: [String] = []
    func flush() {
      FileHandle.standardOutput.writeBare(lines.map { "\($0)\n" }.joined())
      lines = []
    }
    for event in events {
      lines += view.add(event).map { json ? JSONForm.line($0) : form.line($0) }
      if lines.count > 1000 { flush() }
    }
    flush()
  }

  private func say(_ events: [TapEvent]) throws {
    var beginnings = FirstBytes()
    for event in events { beginnings.add(event) }
    guard !beginnings.numbers.isEmpty else {
      throw HarnessError("\(file) has no bytes; record a connection with parley tap --record FILE.")
    }
    let choice = try reading.chosenCodec()
    var isFound = true
    for number in beginnings.numbers {
      let verdict = beginnings.verdict(on: number, choice: choice)
      if verdict.isUnframed { isFound = false }
      let line =
        json
        ? "{\"event\":\"verdict\",\"connection\":\(number)\(JSONForm.members(verdict))}"
        : (beginnings.numbers.count > 1 ? "#\(number) " : "") + verdict.sentences
      FileHandle.standardOutput.writeReport("\(line)\n")
    }
    if !isFound { throw ExitCode(Status.failed) }
  }

  private func read() throws(HarnessError) -> [UInt8] {
    if file == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: file), options: .mappedIfSafe))
    } catch {
      throw HarnessError("Cannot read \(file): is it there, and a file? parley tap --record makes one.")
    }
  }
}
