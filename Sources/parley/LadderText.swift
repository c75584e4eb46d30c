import AdapterCheck
import Cases
import Journal
import Reports
import Runner

/// What is printed while the ladder is climbed.
struct LadderText {
  let again: Again

  private static let width = Rung.allCases.map(\.title.count).max() ?? 0

  /// The lines of an event, each with its line feed.
  func lines(_ event: LadderEvent) -> String {
    switch event {
    case .passed(let rung, let detail): row("✓", rung, detail)
    case .skipped(let rung, let detail): row("–", rung, detail)
    case .note(let text): "note: \(text)\n"
    case .measured(let text): "\n\(text)\n"
    case .next(let text): "Next: \(text)\n"
    case .failed(let stumble): row("✗", stumble.rung, stumble.title) + "\n" + block(stumble)
    }
  }

  private func row(_ sign: String, _ rung: Rung, _ detail: String) -> String {
    "\(sign) \(rung.title)\(String(repeating: " ", count: Self.width - rung.title.count))  \(detail)\n"
  }

  private func block(_ stumble: Stumble) -> String {
    var text = FailureText(title: stumble.title, failure: stumble.failure).text
    if let breaks = stumble.breaks { text += "  breaks    \(breaks)\n" }
    return text + "  next      \(stumble.cure)\n  again     \(again.command(stumble.name))\n"
  }
}
