import Cases
package import Journal
import Runner
import WireFormats

extension Requirement {
  /// The requirement that a failed case breaks.
  ///
  /// - Parameters:
  ///   - failure: what was wrong.
  ///   - name: the case.
  /// - Returns: the line of PROTOCOL.md to read.
  package static func broken(by failure: Failure, in name: CaseName) -> Requirement {
    if let byVerdict = broken(by: failure) { return byVerdict }
    let framing = name.channel.split(separator: "+").dropFirst().first.flatMap { Framing(rawValue: String($0)) }
    if let framing, let field = failure.difference?.field,
      field.hasPrefix("length prefix") || field.hasPrefix("end mark")
    {
      return .framing(framing)
    }
    if let transport = name.channel.split(separator: "+").first, let paragraph = byTransport[String(transport)] {
      return paragraph
    }
    return byScenario(name, framing, verb: failure.expected.prefix { $0 != " " })
  }

  /// What the verdict's own words say.
  private static func broken(by failure: Failure) -> Requirement? {
    if failure.expected.hasPrefix("what hello declares") { return .declared }
    if failure.expected.contains("and nothing else") {
      if failure.seen.contains("CR LF") { return .lineFeed }
      if failure.seen.contains("percent-encoded") { return .encoding }
      if failure.seen.contains("error kind") { return .kinds }
      return .nothingElse
    }
    if failure.expected.hasPrefix("an ok that is true") { return .open }
    if failure.expected.contains("left after reset") { return .reset }
    if failure.expected.hasPrefix("an endpoint that lives") { return .livesOn }
    if failure.expected.contains("exit with status 0") { return .endOfInput }
    if failure.expected.hasPrefix("an answer to every command") {
      for (verb, requirement) in byVerb where failure.seen.contains("blocked in: \(verb)") { return requirement }
    }
    return nil
  }

  /// What the verbs are for.
  private static let byVerb: [(String, Requirement)] = [
    ("open", .open), ("accept", .accept), ("send", .send), ("receive", .receive), ("close", .close), ("reset", .reset),
  ]

  /// Transports that have a paragraph to themselves.
  private static let byTransport = [
    "file-cell": fileCell, "shared-memory": sharedMemory, "manager-queue": managerQueue,
  ]

  private static func byScenario(_ name: CaseName, _ framing: Framing?, verb: Substring) -> Requirement {
    switch name.scenario {
    case "end-of-stream": .endOfStream
    case "half-close": .halfClose
    case "truncated-frame": .truncated
    case "one-byte-at-a-time", "cut-in-prefix", "cut-in-character", "held-back": .anySegmentation
    case "connect-nobody", "connect-stale": .connect
    case "listen-taken": .taken
    case "listen-over-stale": .stale
    case "path-too-long": .pathTooLong
    case "missing-fifo": .missingFifo
    case "frame-over-limit": .frameTooLong
    case "wrong-length-sign", "garbage": .decoding(framing ?? .none)
    case "send-over-limit": .sendTooLong
    case "line-feed-in-line": .sendMalformed
    case "unknown-words": .usage
    case let scenario where Int(scenario.dropFirst("size-".count)) ?? 0 > Message.longestInline: .receiveFile
    default:
      switch name.suite {
      case "slot": .slot
      case "values": .codec(name.channel.split(separator: "+").last.flatMap { Codec(rawValue: String($0)) } ?? .json)
      case "authentication": .authkey
      case "layout": .layout
      case "refusals": .kinds
      default: byVerb.first { $0.0 == verb }?.1 ?? .receive
      }
    }
  }
}
