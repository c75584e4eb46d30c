import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// Each fake does one thing wrong; it must be blamed for that, and nobody else for anything.
@Suite struct FakeEndpointTests {
  static let greetings = [
    "messages/unix+multiprocessing/*/greeting", "messages/unix+multiprocessing/*/letters-in-order",
  ]

  @Test(arguments: Fake.onTheWire)
  func isFoundOutByItsBytes(_ fake: Fake) throws {
    try fake.isFoundOut(in: Trial(["swift", fake.name], Self.greetings))
  }

  @Test(arguments: Fake.inItsWords)
  func isFoundOutByItsWords(_ fake: Fake) throws {
    try fake.isFoundOut(in: Trial(["swift", fake.name], [Self.greetings[0]]))
  }

  @Test(arguments: Fake.inItsProcess)
  func isFoundOutByItsProcess(_ fake: Fake) throws {
    try fake.isFoundOut(in: Trial(["swift", fake.name], Self.greetings))
  }

  @Test(arguments: Fake.hanging)
  func isFoundOutWithoutWaitingForEver(_ fake: Fake) throws {
    try fake.isFoundOut(
      in: Trial(["swift", fake.name], ["messages/unix+multiprocessing/*/greeting"]) { $0.deadline = 1 })
  }

  @Test(arguments: Fake.harmless)
  func isOddAndYetPasses(_ fake: Fake) throws {
    try fake.isFoundOut(in: Trial(["swift", fake.name], [Self.greetings[0]]))
  }

  @Test func thatWritesAHundredMegabytesOfLogPasses() throws {
    let trial = try Trial(["swift", "noisy"], ["messages/unix+multiprocessing/swift-noisy/greeting"])
    #expect(trial.records.map(\.outcome) == [.passed])
  }

  @Test func thatClaimsATransportIsToldWhatItDeclared() throws {
    let fake = Fake("claims", asWriter: .claimsTooMuch, asReader: .claimsTooMuch, asBoth: .claimsTooMuch)
    let trial = try Trial(["swift", "claims"], ["messages/fifo+multiprocessing/*/greeting", Self.greetings[0]])
    fake.isFoundOut(in: trial.records.filter { $0.name.channel == "fifo+multiprocessing" })
    for record in trial.records where record.name.channel == "unix+multiprocessing" {
      #expect(record.outcome == .passed, "\(record.name)")
    }
  }

  @Test func thatDoesNotStartAgainIsBlamedAndNotTheHarness() throws {
    let trial = try Trial(["swift", "once"], ["messages/unix+multiprocessing/swift-once/greeting"])
    let failure = try trial.failure("swift-once", "greeting")
    #expect(failure.blame == .adapter && failure.blamed == ["once"])
    #expect(failure.seen.contains("exited with status 3 instead of answering hello"))
  }

  @Test func thatHangsUpIsBlamedAndNotWhoWasWriting() throws {
    let fake = Fake("hangs_up", asReader: .of(.reader), asBoth: .of(.reader))
    try fake.isFoundOut(in: Trial(["swift", "hangs_up"], ["messages/unix+multiprocessing/*/size-16777216"]))
  }

  @Test func thatLeavesItsSocketFileIsBlamedAlone() throws {
    let left = Verdict.of(.adapter, "left behind: b0")
    let fake = Fake("litters", asReader: left, asBoth: left)
    try fake.isFoundOut(in: Trial(["swift", "litters"], Self.greetings))
    let listening = Fake("litters", asWriter: left, asBoth: left)
    try listening.isFoundOut(
      in: Trial(["swift", "litters"], ["messages/unix+multiprocessing/*/greeting-writer-listens"]))
  }

  @Test func thatLeavesAnOldTextInTheSlotIsBlamedAsItsWriter() throws {
    let fake = Fake("padless", asWriter: .of(.writer), asBoth: .of(.writer))
    try fake.isFoundOut(in: Trial(["swift", "padless"], ["slot/file-slot+none/*/shorter-after-longer"]))
  }

  @Test func thatIsWrongInTheSlotIsBlamedThoughThereIsNoTap() throws {
    let fake = Fake("wrong", asWriter: .of(.writer), asReader: .of(.reader), asBoth: .of(.both))
    try fake.isFoundOut(in: Trial(["swift", "wrong"], ["slot/file-slot+none/*/image"]))
  }

  @Test func cannotBeBlamedWithoutTheTap() throws {
    let trial = try Trial(["swift", "wrong"], [Self.greetings[0]]) { $0.isTapped = false }
    for pair in ["wrong-swift", "swift-wrong"] {
      let failure = try trial.failure(pair, "greeting")
      #expect(failure.blame == .both, "\(pair)")
      #expect(failure.seen.contains("without the tap nobody can say"), "\(pair)")
    }
  }

  @Test func thatDoesNotGoIsNotedWhenItHasServedManyCases() throws {
    let trial = try Trial(["swift", "stays"], Self.greetings) { $0.deadline = 1 }
    #expect(trial.records.allSatisfy { $0.outcome == .passed })
    #expect(
      trial.notes.contains(
        "The endpoint of stays did not exit at the end of its input and had to be ended with SIGTERM."))
  }

  @Test func thatDoesNotGoFailsTheCaseItWasStartedFor() throws {
    let fake = Fake("stays", asWriter: .staysOn, asReader: .staysOn, asBoth: .staysOn)
    try fake.isFoundOut(
      in: Trial(["swift", "stays"], [Self.greetings[0]]) { options in
        options.deadline = 1
        options.isFresh = true
      })
  }

  @Test(arguments: [
    ("banner", "answered hello with a line before the reply: \"Welcome to fake 1.0\""),
    ("bom", "a UTF-8 byte order mark on standard output"),
    ("crlf", "a reply that ends with CR LF"),
    ("status", "exited with status 4 at the end of its input; it must exit 0"),
    ("unknown_mode", "the endpoint exited with status 1 instead of answering hello; its standard error ends:"),
  ])
  func cannotBeUsed(_ name: String, _ words: String) throws {
    try Self.isBroken(Trial(["swift", name], [Self.greetings[0]]), name, words)
  }

  @Test func cannotBeUsedIfItDoesNotGo() throws {
    try Self.isBroken(
      Trial(["swift", "stubborn"], [Self.greetings[0]], helloDeadline: 1), "stubborn",
      "did not exit at the end of its input, ignored SIGTERM and had to be killed")
  }

  /// All its cases fail, and those of the others pass.
  private static func isBroken(_ trial: Trial, _ name: String, _ words: String) throws {
    for record in trial.records where !record.name.pair.contains(name) {
      #expect(record.outcome == .passed, "\(record.name)")
    }
    for pair in ["\(name)-swift", "swift-\(name)", "\(name)-\(name)"] {
      let failure = try trial.failure(pair, "greeting")
      #expect(failure.blame == .adapter)
      #expect(failure.seen.contains("\(name) cannot be used: "))
      #expect(failure.seen.contains(words), "\(failure.seen)")
    }
  }
}
