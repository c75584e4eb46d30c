import Foundation
import Journal
import Testing

@Suite("A journal on disk")
struct JournalFileTests {
  private let file: TemporaryFile

  init() throws { file = try TemporaryFile() }

  private func write(_ events: [Event]) throws {
    let journal = try JournalFile(creating: file.path)
    for event in events { try journal.append(event) }
  }

  private func read() throws -> (events: [Event], isWhole: Bool) {
    var events: [Event] = []
    let isWhole = try JournalFile.read(file.path) { events.append($0) }
    return (events, isWhole)
  }

  /// The description of the error with which reading ends.
  private func problem() -> String? { #expect(throws: JournalFile.Failure.self) { try read() }?.description }

  @Test("What was written is read, in order")
  func roundTrip() throws {
    try write(Events.all)
    let (events, isWhole) = try read()
    #expect(events == Events.all)
    #expect(isWhole)
  }

  @Test("Each event is one line, on disk as soon as it is appended")
  func lines() throws {
    let journal = try JournalFile(creating: file.path)
    for (index, event) in Events.all.enumerated() {
      try journal.append(event)
      let content = try file.content
      #expect(content.count { $0 == 0x0a } == index + 1)
      #expect(content.last == 0x0a)
    }
  }

  @Test("An older journal is emptied")
  func emptied() throws {
    try write(Events.all)
    try write([.runStarted(Events.start)])
    #expect(try read().events == [.runStarted(Events.start)])
  }

  @Test("A last line that is cut off, at any byte, is told, and all before it is read")
  func cutOff() throws {
    let events = [Event.runStarted(Events.start), .note("é and \u{1f980}")]
    try write(events)
    let content = try file.content
    let end = try #require(content.firstIndex(of: 0x0a)) + 1
    for length in 1..<content.count where length != end {
      try file.write(content.prefix(length))
      let (found, isWhole) = try read()
      #expect(found == (length < end ? [] : [events[0]]) && !isWhole, "\(length) bytes")
    }
  }

  @Test("A line that is no event is named with its number", arguments: ["garbage", "{}", "", "{\"event\":\"note\"}"])
  func garbage(line: String) throws {
    try write([.runStarted(Events.start), .note("one")])
    try file.write(file.content + Data((line + "\n").utf8))
    #expect(problem()?.contains("Line 3 of \(file.path)") == true)
  }

  @Test("A newer version is refused with both versions, even if nothing else of it can be read")
  func newerVersion() throws {
    let newer = RunStart.currentVersion + 1
    var start = Events.start
    start.version = newer
    try write([.runStarted(start)])
    let sentence =
      "\(file.path) is a journal of version \(newer), and this parley reads up to version \(RunStart.currentVersion)"
    #expect(problem()?.contains(sentence) == true)
    try file.write(Data("{\"event\":\"run-started\",\"run\":{\"version\":\(newer),\"planned\":\"many\"}}\n".utf8))
    #expect(problem()?.contains(sentence) == true)
  }

  @Test("A journal of version 1 is read, and what it does not know is nil")
  func olderVersion() throws {
    try file.write(
      Data(
        #"""
        {"event":"run-started","run":{"command":"parley run","date":"2026-01-31T12:00:00Z","isFresh":false,"isTapped":true,"jobs":2,"machine":"Linux 6.1, 2 processors","planned":1,"version":1}}
        {"event":"case-ended","record":{"isSmall":true,"name":"messages/unix+line/swift-c/greeting","outcome":"passed","seconds":0.5}}
        {"end":{"isInterrupted":false,"peakMemory":{},"seconds":1},"event":"run-ended"}

        """#.utf8))
    let (events, isWhole) = try read()
    #expect(isWhole && events.count == 3)
    guard case .runStarted(let start) = events.first else {
      Issue.record("no start")
      return
    }
    #expect(start.version == 1 && start.planned == 1)
    #expect(start.planDigest == nil && start.shard == nil && start.baseline == nil && start.repeatCount == nil)
    #expect(events[1] == .caseEnded(CaseRecord(name: Events.name, outcome: .passed, seconds: 0.5, isSmall: true)))
  }

  @Test("A version that never was is no journal's", arguments: [0, -1])
  func impossibleVersion(_ version: Int) throws {
    var start = Events.start
    start.version = version
    try write([.runStarted(start)])
    #expect(problem()?.contains("\(file.path) is no journal") == true)
  }

  @Test("A journal that does not begin with the start of a run is none")
  func firstLine() throws {
    try write([.note("one")])
    #expect(problem()?.contains("its first line must say that a run started") == true)
  }

  @Test("A missing file, a folder and an empty file are named")
  func unreadable() throws {
    #expect(problem()?.contains(file.path) == true)
    try file.write(Data())
    #expect(problem()?.contains("\(file.path) is empty") == true)
    let error = #expect(throws: JournalFile.Failure.self) { try JournalFile.read("/tmp") { _ in } }
    #expect(error?.description.contains("/tmp") == true)
  }

  @Test("A path that cannot be written is named with the reason", arguments: ["/no/such/folder/journal", "/tmp"])
  func unwritable(path: String) {
    let error = #expect(throws: JournalFile.Failure.self) { _ = try JournalFile(creating: path) }
    #expect(error?.description.contains("Cannot write the journal \(path): ") == true)
  }

  #if os(Linux)
  @Test("A full disk is an error that says so")
  func fullDisk() throws {
    let journal = try JournalFile(creating: "/dev/full")
    let error = #expect(throws: JournalFile.Failure.self) { try journal.append(.note("one")) }
    #expect(error?.description.contains("/dev/full: No space left on device") == true)
  }
  #endif

  @Test("What the reader throws comes out")
  func body() throws {
    struct Enough: Error {}
    try write(Events.all)
    #expect(throws: Enough.self) { try JournalFile.read(file.path) { _ in throw Enough() } }
  }
}
