import Cases
import Journal
import WireFormats

/// What a tap shows, as lines for people.
package struct TextForm: Sendable {
  private let isColoured: Bool
  private let longest: Int

  /// Chooses how lines look.
  ///
  /// - Parameters:
  ///   - isColoured: whether a terminal shows them.
  ///   - longest: the most characters of a message.
  package init(isColoured: Bool, longest: Int) { (self.isColoured, self.longest) = (isColoured, longest) }

  /// The line of an event, without its line feed.
  package func line(_ event: ShownEvent) -> String {
    switch event {
    case .started(let start):
      let fault = start.fault.map { "; faults: \($0)" } ?? ""
      return
        "tap between \(start.listen) and \(start.connect)\(fault); → from the client, ← from the server, times in seconds"
    case .connected(let number, let time): return "#\(number)   \(time.seconds)  connected"
    case .verdict(let number, let verdict): return "#\(number)   \(strong(verdict.sentences))"
    case .message(let number, let side, let time, let message):
      return place(number, side, time, message.length) + MessageText.text(message, longest: longest)
    case .chunk(let number, let side, let time, let offset, let bytes):
      return place(number, side, time, bytes.count) + "byte \(offset): \(MessageText.hex(bytes, longest: longest))"
    case .wrong(let number, let side, let offset, let framing, let reason):
      return "#\(number) \(arrow(side)) "
        + alarm(
          "not \(framing.rawValue) from byte \(offset) of the \(side.rawValue) on: \(reason) Shown in hex from here.")
    case .unseen(let number, let side, let count, let what):
      let things = what == .messages ? "\(count) \(count == 1 ? "message" : "messages")" : "\(count) bytes"
      let rest = what == .framing ? "; where messages begin is not known any more, so hex from here" : ""
      return "#\(number) \(arrow(side)) " + alarm("\(things) not shown: they came faster than they could be\(rest)")
    case .descriptors(let number, let side, let time, let count):
      return
        "#\(number) \(arrow(side)) \(time.seconds)  \(count) open \(count == 1 ? "descriptor" : "descriptors"), passed on"
    case .ended(let number, let side, let time, let unfinished):
      let rest = unfinished == 0 ? "" : alarm(", inside a message: \(unfinished) bytes of it came")
      return "#\(number) \(arrow(side)) \(time.seconds)  the \(side.rawValue) sends no more\(rest)"
    case .reset(let number, let side, let time):
      return "#\(number) \(arrow(side)) \(time.seconds)  \(alarm("the \(side.rawValue) broke the connection off"))"
    case .failed(let number, let time, let reason): return "#\(number)   \(time.seconds)  \(alarm(reason))"
    case .closed(let number, let time, let totals):
      let parts = TapSide.allCases.map { side in
        let count = totals[side] ?? .init()
        return "\(arrow(side)) \(count.messages) \(count.messages == 1 ? "message" : "messages"), \(count.bytes) bytes"
      }
      return "#\(number)   \(time.seconds)  closed; \(parts.joined(separator: "; "))"
    case .over(let time): return "tap ended after \(time.seconds) s"
    }
  }

  private func place(_ number: Int, _ side: TapSide, _ time: TapTime, _ length: Int) -> String {
    let count = length == 1 ? "1 byte " : "\(length) bytes"
    let padding = String(repeating: " ", count: max(0, 9 - count.count))
    return "#\(number) \(arrow(side)) \(time.seconds)  \(padding)\(count)  "
  }

  private func arrow(_ side: TapSide) -> String {
    side == .client ? painted("→", "36") : painted("←", "35")
  }

  private func strong(_ text: String) -> String { painted(text, "1") }
  private func alarm(_ text: String) -> String { painted(text, "31") }

  private func painted(_ text: String, _ colour: String) -> String {
    isColoured ? "\u{1b}[\(colour)m\(text.harmless)\u{1b}[0m" : text
  }
}
