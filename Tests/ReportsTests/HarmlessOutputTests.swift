import Journal
import Testing

/// A place in a report into which an adapter can bring text.
enum Place: String, CaseIterable, CustomTestStringConvertible {
  case expected
  case seen
  case standardError
  case command
  case field
  case reason
  case runtime
  case note

  var testDescription: String { rawValue }

  func report(with text: String) -> String {
    var failure = SampleRun.failure
    var events: [Event] = []
    switch self {
    case .expected: failure.expected = text
    case .seen: failure.seen = text
    case .standardError: failure.endpoints[0].standardError = text
    case .command: failure.endpoints[0].commands = [text]
    case .field: failure.difference?.field = text
    case .reason: events = [SampleRun.ended(SampleRun.name("unix+line", "c-c"), .notRun, text)]
    case .runtime: events = [.adapter(AdapterRecord(name: "c", title: "C", runtime: text))]
    case .note: events = [.note(text)]
    }
    let record = CaseRecord(name: SampleRun.name("unix+line", "swift-c"), outcome: .failed, failure: failure)
    return SampleRun.report([.runStarted(SampleRun.start), .caseEnded(record)] + events)
  }
}

@Suite("What an adapter says cannot steer the terminal")
struct HarmlessOutputTests {
  @Test("No control character gets through, wherever it comes from", arguments: Place.allCases)
  func harmless(place: Place) {
    // ESC, bell, backspace, carriage return, delete, and the one-character form of ESC [.
    let controls: [Unicode.Scalar] = ["\u{1b}", "\u{7}", "\u{8}", "\u{d}", "\u{7f}", "\u{9b}"]
    let report = place.report(with: controls.map { "be\($0)[31mfore" }.joined())
    #expect(report.contains("[31mfore"))
    // Not the report itself: the failure would do to the terminal what it reports.
    let passed = controls.filter { report.unicodeScalars.contains($0) }.map { "U+" + String($0.value, radix: 16) }
    #expect(passed == [])
  }

  @Test("Text of any language stays", arguments: Place.allCases)
  func text(place: Place) {
    #expect(place.report(with: "größer 🦀").contains("größer 🦀"))
  }
}
