import Journal
import WireFormats

/// What a tap shows, as JSON Lines for programs.
///
/// The keys are those of a recording; `message` adds `framing` data that a recording leaves to its reader: `offset` and `length` of
/// the message, what `content` it is, its `value` as tokens of the adapter protocol or its `text`, and its first `bytes` in hex.
package enum JSONForm {
  /// The most bytes of a message that are written in hex.
  private static let longestHex = 4096

  /// The line of an event, without its line feed.
  package static func line(_ event: ShownEvent) -> String {
    switch event {
    case .started(let start): return String(decoding: TapRecording.line(.started(start)), as: UTF8.self)
    case .connected(let number, let time): return recorded(.connected(number, time))
    case .verdict(let number, let verdict): return line("verdict", number, nil, nil, members(verdict))
    case .message(let number, let side, let time, let message):
      return line("message", number, side, time, members(message))
    case .chunk(let number, let side, let time, let offset, let bytes):
      return line("chunk", number, side, time, count("offset", offset) + count("length", bytes.count) + hex(bytes))
    case .wrong(let number, let side, let offset, let framing, let reason):
      return line(
        "wrong", number, side, nil,
        count("offset", offset) + text("framing", framing.rawValue) + text("reason", reason))
    case .unseen(let number, let side, let lost, let what):
      return line(
        "unseen", number, side, nil,
        count(what == .messages ? "messages" : "bytes", lost) + ",\"framed\":\(what != .framing)")
    case .descriptors(let number, let side, let time, let count):
      return recorded(.descriptors(number, side, time, count: count))
    case .ended(let number, let side, let time, let unfinished):
      return line("ended", number, side, time, count("unfinished", unfinished))
    case .reset(let number, let side, let time): return recorded(.reset(number, side, time))
    case .failed(let number, let time, let reason): return recorded(.failed(number, time, reason: reason))
    case .closed(let number, let time, let totals):
      let counts = TapSide.allCases.map { side in
        let count = totals[side] ?? .init()
        return ",\"\(side.rawValue)\":{\"messages\":\(count.messages),\"bytes\":\(count.bytes)}"
      }
      return line("closed", number, nil, time, counts.joined())
    case .over(let time): return recorded(.over(time))
    }
  }

  /// The members of a verdict, each with a comma before it.
  package static func members(_ verdict: Verdict) -> String {
    let others = verdict.alternatives.map {
      "{\"framing\":\(quoted($0.framing.rawValue)),\"reason\":\(quoted($0.reason))}"
    }
    return text("client-framing", verdict.framings[.client]?.rawValue ?? "none")
      + text("server-framing", verdict.framings[.server]?.rawValue ?? "none")
      + ",\"contents\":[\(verdict.contents.map(quoted).joined(separator: ","))]" + text("reason", verdict.reason)
      + ",\"alternatives\":[\(others.joined(separator: ","))],\"certain\":\(verdict.isCertain)"
  }

  private static func members(_ message: ShownMessage) -> String {
    var members = count("offset", message.offset) + count("length", message.length)
    switch message.content {
    case .handshake(let part): members += text("content", "handshake") + text("text", part.words)
    case .value(let value, let codec): members += text("content", codec) + text("value", value.tokens)
    case .text(let string): members += text("content", "text") + text("text", string)
    case .binary: members += text("content", "binary")
    case .unreadable(let codec, let reason):
      members += text("content", "unreadable") + text("codec", codec) + text("reason", reason)
    case nil: members += text("content", "long")
    }
    return members + hex(message.payload)
  }

  private static func line(
    _ event: String, _ connection: Int, _ side: TapSide?, _ time: TapTime?, _ members: String
  ) -> String {
    let from = side.map { text("from", $0.rawValue) } ?? ""
    let moment = time.map { ",\"time\":\($0.seconds)" } ?? ""
    return "{\"event\":\"\(event)\",\"connection\":\(connection)\(from)\(moment)\(members)}"
  }

  private static func recorded(_ event: TapEvent) -> String {
    String(decoding: TapRecording.line(event), as: UTF8.self)
  }

  private static func hex(_ bytes: [UInt8]) -> String { text("bytes", Hex.text(bytes.prefix(longestHex))) }
  private static func count(_ key: String, _ value: Int) -> String { ",\"\(key)\":\(value)" }
  private static func text(_ key: String, _ value: String) -> String { ",\"\(key)\":\(quoted(value))" }
  private static func quoted(_ text: String) -> String { TapRecording.quoted(text) }
}
