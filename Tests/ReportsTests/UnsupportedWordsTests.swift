import Journal
import Reports
import Testing

@Suite("What adapters do not declare, in few lines")
struct UnsupportedWordsTests {
  private static func unsupported(_ channel: String, _ lack: LackRecord) -> Event {
    var record = CaseRecord(
      name: SampleRun.name(channel, "csharp-swift"), outcome: .unsupported, reason: lack.reason)
    record.lack = lack
    return .caseEnded(record)
  }

  private static func lack(_ adapter: String, _ kind: LackRecord.Kind, _ name: String) -> LackRecord {
    LackRecord(adapter: adapter, kind: kind, name: name)
  }

  private static let adapters: [Event] = ["swift", "csharp", "c"].map {
    .adapter(AdapterRecord(name: $0, title: $0, runtime: "1"))
  }

  private static let events: [Event] =
    [.runStarted(SampleRun.start)] + adapters + [
      unsupported("unix+line", lack("c", .codec, "json")), unsupported("unix+u32le", lack("c", .codec, "struct")),
      unsupported("unix-datagram+none", lack("csharp", .transport, "unix-datagram")),
      unsupported("unix+line", lack("csharp", .feature, "call")),
      unsupported("unix+line", lack("csharp", .feature, "authkey")),
      unsupported("unix+line", lack("csharp", .feature, "call")),
      unsupported("fifo+line", lack("csharp", .framing, "line")),
      SampleRun.ended(SampleRun.name("unix+line", "alone"), .unsupported, "the program needs Python 3.9"),
      SampleRun.passed(SampleRun.name("unix+line", "swift-swift")),
    ]

  private static let lines = [
    "csharp does not declare: transports unix-datagram; framings line; features authkey, call (5 cases unsupported)",
    "c does not declare: codecs json, struct (2 cases unsupported)",
  ]

  private static func report(_ format: ReportFormat) throws -> String { try format.report(EveryOutcome.run(events)) }

  @Test("A line for each adapter, in the adapters' order; other reasons have lines of their own")
  func text() throws {
    let text = try Self.report(.text)
    let lines = Self.lines.joined(separator: "\n")
    #expect(text.contains("\nunsupported, 1 case: the program needs Python 3.9\n\(lines)\n"), "\(text)")
    #expect(!text.contains("does not declare the "))
  }

  @Test("The page lists the same")
  func page() throws {
    let page = try Self.report(.html)
    for line in Self.lines { #expect(page.contains("\"\(line)\"")) }
  }

  @Test("Markdown lists the same")
  func markdown() throws {
    let text = try Self.report(.markdown)
    #expect(text.contains("\n- c does not declare: codecs json, struct (2 cases unsupported)\n"), "\(text)")
    #expect(!text.contains("does not declare the "))
  }

  @Test("Rows in which nothing could run are left out, and a line says so", arguments: [ReportFormat.text, .markdown])
  func rows(_ format: ReportFormat) throws {
    let text = try Self.report(format)
    #expect(text.contains("3 channels are not shown, since every case on them is unsupported"), "\(text)")
    let starts = ["unix", "fifo", "| <code>unix", "| <code>fifo"]
    let rows = text.split(separator: "\n").filter { row in starts.contains { row.hasPrefix($0) } }
    #expect(rows.count == 1 && rows.allSatisfy { $0.contains("unix+line") }, "\(rows)")
  }

  @Test("Where nothing could run at all there is no table")
  func nothing() throws {
    let text = try ReportFormat.text.report(EveryOutcome.run(Self.events.dropLast()))
    #expect(text.hasPrefix("4 channels are not shown, since every case on them is unsupported: unix+line, "), "\(text)")
    #expect(text.contains(" and others.\n\nswift: 1\n") && !text.contains("Each cell"))
  }

  @Test("A journal that does not tell what is missing keeps its reasons")
  func older() throws {
    let events = Self.events.map { event in
      guard case .caseEnded(var record) = event else { return event }
      record.lack = nil
      return .caseEnded(record)
    }
    let text = try ReportFormat.text.report(EveryOutcome.run(events))
    #expect(text.contains("\nunsupported, 2 cases: csharp does not declare the feature call\n"), "\(text)")
  }
}
