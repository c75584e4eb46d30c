import AdapterProtocol
import Foundation
import Journal
import WireFormats

/// The words of a finding: what was expected, and what was seen.
package struct FindingWords {
  private let finding: Finding
  private let names: (Side) -> String

  /// Takes a finding and the names of the sides, such as `python (reader)`.
  package init(_ finding: Finding, names: @escaping (Side) -> String) {
    self.finding = finding
    self.names = names
  }

  /// What should have happened.
  package var expected: String {
    switch finding {
    case .badLine: "replies of the adapter protocol on standard output, and nothing else"
    case .ended: "an endpoint that lives through the case"
    case .untrueOpen, .untrueSend, .untrueClose: "an ok that is true"
    case .declaredRefused: "what hello declares"
    case .leftBehind: "nothing left after reset"
    case .leftFiles: "no file left after reset"
    case .surroundings(let side, .phantomPeer, _): "\(names(side)) checks for a listener without connecting to it"
    case .surroundings(let side, .changedFile, _): "\(names(side)) leaves the file at the path as it is"
    case .surroundings(let side, .bothDirections, _): "\(names(side)) opens the FIFO in one direction"
    case .surroundings(let side, .tookMemory, _):
      "\(names(side)) refuses the frame before it takes memory for it"
    case .stopped(_, let hang), .bothWrite(_, let hang), .silent(_, let hang):
      "an answer to every command within \(Self.number(hang.seconds)) s"
    case .wrongBytes(let side, _, _, _): "\(names(side)) writes the vector's bytes"
    case .shortStream(let side, _, let expected, _, _): "\(names(side)) writes \(expected) bytes"
    case .surplusBytes(_, _, let expected, _), .fewerBytes(_, _, let expected, _): "\(expected) bytes on the wire"
    case .agreement(_, .wire): "the vector's bytes on the wire"
    case .agreement(_, .slot), .wrongSlot: "the slot's file as the vector has it"
    case .slotNotCleared: "NUL bytes from the text's end to the slot's"
    case .wrongEncoding(let side, let exchange): "\(names(side)) sends \(exchange.expectation.words)"
    case .inventedMessage(_, let exchange): "\(exchange.shortCommand) returns only a message that was sent"
    case .hungUp(let side, let exchange): "\(names(side)) reads what \(names(exchange.side)) sends"
    case .wrongReply(let exchange), .undecided(let exchange, _), .endedBefore(_, _, let exchange):
      "\(exchange.shortCommand) answers \(exchange.expectation.words)"
    case .layoutsAgree(let exchange): exchange.expectation.words
    case .noOutput(_, let pattern, _): "a line of output like \"\(pattern)\""
    case .silentProgram(_, .output(let pattern), let seconds):
      "a line of output like \"\(pattern)\" within \(Self.number(seconds)) s"
    case .of(let program, let finding): FindingWords(finding, names: { _ in program }).expected
    case .noPlace(_, let place, _): place.description
    case .silentProgram(_, .place(let place), let seconds):
      "\(place.description) within \(Self.number(seconds)) s"
    case .silentProgram(let side, .end, let seconds): "\(names(side)) ends within \(Self.number(seconds)) s"
    case .stuckProgram(_, let command, let seconds), .silentPeer(_, let command, let seconds):
      "an answer to \(Self.short(command)) within \(Self.number(seconds)) s"
    case .otherEnd(let side, let end, _): "\(names(side)) \(end.description)"
    case .noHello: "an endpoint that starts and answers hello"
    case .unusable: "an adapter that builds, starts and answers hello"
    case .uncleanEnd: "an exit with status 0 at the end of input"
    case .harness: "the harness does its work"
    }
  }

  /// What happened.
  package var seen: String {
    switch finding {
    case .badLine(_, let fault, let line):
      "\(fault.words): \(Self.quoted(line))"
    case .ended(let side, let end, let command):
      "\(names(side)) \(Self.words(end)) \(command.map { "while it had this to do: \(Self.short($0))" } ?? "with nothing to do")"
    case .untrueOpen(_, let message, _): message
    case .untrueSend(let side, let written, let expected, let waiting):
      "\(names(side)) answered ok, and \(written) of \(expected) bytes were written; \(names(side.other)) waits in: \(Self.short(waiting))"
    case .untrueClose(let side, let command, let waiting):
      "\(names(side)) answered ok to \(Self.short(command)), and its end of the stream is still open; \(names(side.other)) waits in: \(Self.short(waiting))"
    case .declaredRefused(_, let command, let message): "unsupported in answer to \(Self.short(command)): \(message)"
    case .leftBehind(let side, let leaks):
      "\(names(side)) still holds \(leaks.map(\.description).joined(separator: ", "))"
    case .leftFiles(_, let files): "left behind: \(files.joined(separator: ", "))"
    case .surroundings(let side, .phantomPeer, let command):
      "a connection of \(names(side)) at the living listener, after \(Self.short(command))"
    case .surroundings(_, .changedFile, let command):
      "the file is gone or has another content, after \(Self.short(command))"
    case .surroundings(_, .bothDirections, let command):
      "it is open for reading and writing, after \(Self.short(command))"
    case .surroundings(_, .tookMemory(let bytes, _), _): "its memory grew by \(bytes >> 20) MiB"
    case .stopped(let side, let hang):
      "\(names(side)) is stopped (state \(hang[side]?.state?.letter ?? "T")): a signal or a debugger holds it; \(states(hang))"
    case .bothWrite(_, let hang): "both sides write, and neither reads: \(states(hang))"
    case .silent(_, let hang): states(hang)
    case .wrongBytes(_, let place, _, let answer):
      "it wrote other bytes at \(place)\(answered(answer))"
    case .shortStream(_, let written, _, _, let answer): "it ended the stream after \(written)\(answered(answer))"
    case .surplusBytes(_, let written, _, _), .fewerBytes(_, let written, _, _): "\(written) bytes"
    case .agreement: "both endpoints agree with each other, against the vector"
    case .wrongEncoding(_, let exchange), .wrongReply(let exchange): exchange.answer
    case .inventedMessage(let side, _): "a message that \(names(side.other)) has not sent"
    case .wrongSlot(_, let answer): "other bytes\(answered(answer))"
    case .slotNotCleared: "something else"
    case .hungUp(_, let exchange):
      "it had already closed the channel, and \(names(exchange.side)) answered \(exchange.answer)"
    case .undecided(let exchange, .noTap): "\(exchange.answer); without the tap nobody can say whose fault it is"
    case .undecided(let exchange, .otherPeersTell(let side)):
      "\(exchange.answer); if other peers get the same, it is \(names(side))"
    case .layoutsAgree(let exchange):
      "both endpoints agree with each other, against the vector: \(exchange.answer)"
    case .noOutput(let side, _, let end): "\(names(side)) \(end.map(\.description) ?? "closed its output")"
    case .of(let program, let finding): FindingWords(finding, names: { _ in program }).seen
    case .noPlace(let side, _, let end): "\(names(side)) \(end) before"
    case .silentProgram(let side, _, _): "nothing; \(names(side)) is running"
    case .stuckProgram(let side, let command, _):
      "\(names(side)) does not do its part: \(names(side.other)) waits for it in \(Self.short(command))"
    case .silentPeer(let side, let command, _): "nothing; \(names(side)) had this to do: \(Self.short(command))"
    case .otherEnd(let side, _, let end): "\(names(side)) \(end)"
    case .endedBefore(let side, let end, let exchange): "\(exchange.answer); \(names(side)) \(end) before"
    case .noHello(_, let fault, let said):
      "the endpoint \(fault.words)" + (said.isEmpty ? "" : "; its standard error ends:\n\(said)")
    case .unusable(_, let problem), .harness(let problem): problem
    case .uncleanEnd(_, let problem): "it \(problem)"
    }
  }

  private func answered(_ exchange: Observation.Exchange?) -> String {
    exchange.map { ", and \(names($0.side)) answered \($0.answer)" } ?? ""
  }

  /// What both sides were doing in a hang.
  private func states(_ hang: Hanging) -> String {
    hang.parts.map { part in
      var words =
        "\(names(part.side)) \(part.command.map { "blocked in: \(Self.short($0))" } ?? "idle, everything answered")"
      if let call = part.state?.systemCall, part.command != nil { words += " (system call \(call))" }
      if part.state?.holdsFifoBothWays ?? false { words += ", its FIFO open for reading and writing" }
      if let (written, expected, delivered) = part.progress, expected > 0 {
        words += ", \(written) of \(expected) bytes written and \(delivered) delivered"
      }
      return words
    }.joined(separator: "; ")
  }

  static func words(_ end: ProcessEnd?) -> String {
    end?.description ?? "closed its standard output but goes on running"
  }

  static func quoted(_ line: [UInt8]) -> String {
    "\"\(Shortened.text(String(decoding: line, as: UTF8.self), to: 120))\""
  }

  static func short(_ command: Command?) -> String { command.map { Shortened.text($0.line, to: 120) } ?? "nothing" }

  static func number(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}

extension HelloFault {
  /// What happened, to follow "the endpoint".
  package var words: String {
    switch self {
    case .badLine(let fault, let line): "answered hello with \(fault.words): \(FindingWords.quoted(line))"
    case .ended(let end): "\(FindingWords.words(end)) instead of answering hello"
    case .silent(let partial, let seconds):
      partial.isEmpty
        ? "did not answer hello within \(FindingWords.number(seconds)) s"
        : "answered hello without a line feed within \(FindingWords.number(seconds)) s: \(FindingWords.quoted(partial))"
    case .notADeclaration(let error, let line):
      "answered hello with \"\(Shortened.text(line, to: 120))\", but \(error.message)"
    }
  }
}

extension LineFault {
  /// What is wrong, in words.
  package var words: String {
    switch self {
    case .byteOrderMark: "a UTF-8 byte order mark on standard output"
    case .otherEncoding: "standard output in another encoding than ASCII"
    case .carriageReturn: "a reply that ends with CR LF"
    case .unasked: "a line that answers no command"
    case .banner: "a line before the reply"
    case .tooLong: "a reply of more than \(Command.longestLine) bytes without a line feed"
    case .cutOff(let end): "a last line without a line feed, then it \(FindingWords.words(end))"
    case .blankInValue(let word): "a blank in a value, before \"\(word)\": blanks are percent-encoded as %20"
    case .notAReply(let reason): "a line that is no reply, since \(ProtocolError(reason).message)"
    }
  }
}
