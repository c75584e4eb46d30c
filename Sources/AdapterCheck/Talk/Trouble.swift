import AdapterProtocol
import Cases
import Foundation

/// What went wrong in a direct talk with an endpoint, as a value.
enum Trouble: Equatable {
  /// A line that is no reply, or that nobody asked for (nil).
  case badLine(LineFault, line: [UInt8], answering: Command?)
  /// The process ended instead of answering.
  case ended(ProcessEnd?, answering: Command, isFirst: Bool)
  /// Nothing in time, but perhaps the beginning of a line.
  case silent(partialLine: [UInt8], answering: Command, seconds: Double)
  /// An end that is not as it must be.
  case uncleanEnd(EndingProblem, seconds: Double)
  /// A reply other than the one that the rule wants.
  case otherReply(String, to: Command, expected: String, Reply, Requirement)
  /// A reply to `hello` that is no declaration.
  case notADeclaration(ProtocolError, Reply)
}

/// The words of what went wrong in a talk.
extension Fault {
  init(_ trouble: Trouble) {
    self.trouble = trouble
    switch trouble {
    case .badLine(let bad, let line, let command):
      title = bad.words
      expected =
        command.map { "a reply to \(Shortened.text($0.line, to: 120)), and nothing else" }
        ?? "silence until the next command"
      seen = Self.shown(line)
      (requirement, cure) = (bad.requirement, bad.advice)
    case .ended(let end, let command, let isFirst):
      title = "an end instead of a reply"
      expected = "a reply to \(Shortened.text(command.line, to: 120))"
      seen = "it \(end?.description ?? "closed its standard output and goes on running")"
      requirement = isFirst ? .helloReply : .livesOnAfterError
      cure =
        isFirst
        ? "See what it says on standard error; start the run command of adapter.yml by hand, and type hello." : nil
    case .silent(let partial, let command, let seconds):
      title = "no reply"
      expected = "a reply to \(Shortened.text(command.line, to: 120))"
      seen =
        partial.isEmpty
        ? "nothing within \(Self.number(seconds)) s"
        : "these bytes, and no line feed:\n\(ByteDump.text(partial))"
      requirement = partial.isEmpty ? .flushedReply : .replyLineFeed
    case .uncleanEnd(let problem, let seconds):
      title = "the end of standard input"
      expected = "an exit with status 0, within \(Self.number(seconds)) s"
      seen = "it \(problem)"
      requirement = .endOfInput
    case .otherReply(let title, let command, let expected, let reply, let rule):
      self.title = title
      self.expected = "\(expected) in answer to \(Shortened.text(command.line, to: 80))"
      seen = Self.shown(Array(Shortened.text(reply.line).utf8))
      requirement = rule
    case .notADeclaration(let error, let reply):
      title = Self.title(of: error)
      expected =
        "ok protocol=\(Declaration.protocolVersion) language=… runtime=… transports=… framings=… codecs=… features=…"
      seen = "\(reply.line)\n\(error.message)"
      requirement = .helloReply
      if case .otherVersion = error.reason {
        cure = "Answer protocol=1: that is the version of the protocol, not of your adapter."
      }
    }
  }

  private static func title(of error: ProtocolError) -> String {
    switch error.reason {
    case .otherVersion(let version): "a reply to hello of another version of the protocol, \"\(version)\""
    case .missingKey(let key): "a reply to hello without the key \(key)"
    case .refusedHello: "hello answered with an error"
    default: "a reply to hello that cannot be read"
    }
  }

  private static func shown(_ line: [UInt8]) -> String {
    let text = Shortened.text(String(decoding: line.prefix(400), as: UTF8.self), to: 120)
    return "\"\(text)\"\n\(ByteDump.text(line + [0x0a]))"
  }

  static func number(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
