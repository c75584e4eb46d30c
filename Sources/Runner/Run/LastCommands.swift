import AdapterProtocol
import Cases

/// The last commands of a side, for a failure.
enum LastCommands {
  private static let answered = 5

  /// The last answered commands, and the first one without a reply; the later ones tell nothing.
  static func lines(_ exchanges: [Observation.Exchange]) -> [String] {
    let first = exchanges.firstIndex { $0.reply == nil } ?? exchanges.count
    let shown = exchanges[..<first].suffix(answered) + exchanges[first...].prefix(1)
    let rest = exchanges.count - first - 1
    let lines = shown.map { exchange in
      let reply = exchange.reply.map { Shortened.text($0.plainText, to: 100) } ?? "(no reply)"
      return "\(exchange.shortCommand) → \(reply)"
    }
    return rest > 0 ? lines + ["… \(rest) more \(rest == 1 ? "command" : "commands") after it"] : lines
  }
}
