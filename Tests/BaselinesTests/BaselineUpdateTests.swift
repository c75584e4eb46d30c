import Journal
import Places
import TestInputs
import Testing

@testable import Baselines
@testable import Cases

@Suite struct BaselineUpdateTests {
  static let scenarios = ["greeting", "half-close", "request-reply", "order"]
  static let pairs = ["c-c", "c-swift", "swift-c", "swift-swift"]
  static let whole = WholePlan(adapters: ["c", "swift"])

  static func name(_ pair: String, _ scenario: String) -> CaseName {
    CaseName(suite: "messages", channel: "unix+line", pair: pair, scenario: scenario)
  }

  /// A run of sixteen cases; those whose `pair/scenario` is named end otherwise than passed.
  static func run(_ outcomes: [String: Outcome] = [:], seen: String = "nothing") -> [CaseRecord] {
    pairs.flatMap { pair in
      scenarios.map { scenario in
        let outcome = outcomes["\(pair)/\(scenario)"] ?? .passed
        let failed = outcome == .failed || outcome == .expected
        let reader = String(pair.split(separator: "-")[1])
        return CaseRecord(
          name: name(pair, scenario), outcome: outcome,
          failure: failed
            ? Failure(blame: .reader, blamed: ["\(reader) (reader)"], expected: "hello", seen: seen) : nil)
      }
    }
  }

  static func update(_ text: String, _ records: [CaseRecord]) throws -> BaselineUpdate {
    try BaselineUpdate(text, file: "known.yml", records: records, whole: whole, date: "2026-01-31")
  }

  static let old = """
    # The head.
    known-failures:
      # About the list.

      # About the first.
      - case: messages/unix+line/c-swift/greeting   # in its line
        reason: 'old: quoted'
        link: https://example.org/1

      # About the second.
      - case: "messages/unix+line/*-c/*"
        reason: |
          Two lines,
          # and this is no comment.
        contains: nothing
      # About the third.
      - {case: messages/unix+line/swift-swift/half-close, reason: brace}   # end

    # The list of the others.
    flaky:
      - case: messages/unix+line/swift-swift/order
        reason: races
        retries: 2
    # The tail.

    """

  static let holding: [String: Outcome] = {
    var outcomes: [String: Outcome] = ["c-swift/greeting": .failed, "swift-swift/half-close": .expected]
    for pair in ["c-c", "swift-c"] { for scenario in scenarios { outcomes["\(pair)/\(scenario)"] = .failed } }
    return outcomes
  }()

  static func without(_ change: [String: Outcome?]) -> [String: Outcome] {
    var outcomes = holding
    for (name, outcome) in change { outcomes[name] = outcome }
    return outcomes
  }

  @Test func whatHoldsStaysAsItIs() throws {
    let update = try Self.update(Self.old, Self.run(Self.holding))
    #expect(update.text == Self.old && !update.isChange && update.remarks == [])
  }

  @Test func entryThatPassesGoesWithItsOwnCommentsOnly() throws {
    let first = try Self.update(Self.old, Self.run(Self.without(["c-swift/greeting": .unexpected])))
    #expect(first.remarks == ["removed known.yml:6, messages/unix+line/c-swift/greeting: nothing fails as it says"])
    #expect(
      first.text
        == Self.old.replacing(
          """
            # About the first.
            - case: messages/unix+line/c-swift/greeting   # in its line
              reason: 'old: quoted'
              link: https://example.org/1


          """, with: ""))
    let third = try Self.update(Self.old, Self.run(Self.without(["swift-swift/half-close": .passed])))
    #expect(
      third.text
        == Self.old.replacing(
          """
            # About the third.
            - {case: messages/unix+line/swift-swift/half-close, reason: brace}   # end

          """, with: ""))
  }

  @Test func globIsNarrowedInItsPlaceWithItsReasonAndText() throws {
    let update = try Self.update(
      Self.old,
      Self.run(Self.without(["c-c/greeting": .unexpected, "c-c/order": .unexpected, "c-c/half-close": .passed])))
    let narrowed = ["messages/unix+line/c-c/request-reply", "messages/unix+line/swift-c/*"]
    #expect(
      update.remarks == ["narrowed known.yml:11, messages/unix+line/*-c/*, to \(narrowed.joined(separator: ", "))"])
    func entry(_ pattern: String) -> String {
      """
        - case: \(pattern)
          reason: |
            Two lines,
            # and this is no comment.
          contains: nothing

      """
    }
    let before = entry("\"messages/unix+line/*-c/*\"")
    #expect(Self.old.contains(before))
    #expect(update.text == Self.old.replacing(before, with: narrowed.map(entry).joined()), "\(update.text)")
  }

  @Test func failureThatIsNotAsDescribedIsOneOfItsOwn() throws {
    let text = "known-failures:\n  - case: messages/unix+line/swift-c/greeting\n    reason: x\n    contains: blue\n"
    let update = try Self.update(text, Self.run(["swift-c/greeting": .failed], seen: "red"))
    #expect(
      update.text == """
        known-failures:
          - case: messages/unix+line/swift-c/greeting
            reason: "fails since 2026-01-31, blame reader: c (reader); say why"

        """)
  }

  @Test(
    arguments: [
      "", "# Mine.\n", "known-failures:\n", "known-failures: []   # none\n", "known-failures:\n  # About the list.\n",
      "flaky:\n- {case: messages/unix+line/swift-swift/order, reason: x, retries: 1}",
      "known-failures:\n- case: messages/unix+line/swift-swift/greeting\n  reason: x\nflaky: []\n",
      "known-failures:\r\n  - case: messages/unix+line/swift-swift/greeting\r\n    reason: x\r\n",
      "---\nknown-failures:\n  -\n    case: messages/unix+line/swift-swift/greeting\n    reason: x\n...\n",
    ])
  func newFailuresAreAddedWhateverThereIs(_ text: String) throws {
    let outcomes: [String: Outcome] = [
      "c-c/order": .failed, "swift-c/order": .failed, "swift-swift/greeting": .failed, "c-swift/order": .failed,
    ]
    let update = try Self.update(text, Self.run(outcomes))
    let new = try Baseline(text: update.text, file: "known.yml")
    for record in Self.run(outcomes) {
      #expect(new.judged(record).outcome == (record.outcome == .failed ? .expected : .passed), "\(update.text)")
    }
    for line in text.split(separator: "\n") where line != "known-failures: []   # none" {
      #expect(update.text.contains(line), "\(line) is lost in \(update.text)")
    }
    // Done once, it is done.
    let again = try Self.update(update.text, Self.run(outcomes))
    #expect(again.text == update.text)
  }

  @Test func anythingIsFollowedExactlyWithCommentsKept() throws {
    var random = SeededGenerator(seed: 7)
    var text = Self.old
    for _ in 0..<40 {
      var outcomes: [String: Outcome] = [:]
      for pair in Self.pairs {
        for scenario in Self.scenarios where "\(pair)/\(scenario)" != "swift-swift/order" {
          outcomes["\(pair)/\(scenario)"] = [.passed, .failed, .failed].randomElement(using: &random)
        }
      }
      text = try Self.update(text, Self.run(outcomes)).text
      let baseline = try Baseline(text: text, file: "known.yml")
      for record in Self.run(outcomes) {
        #expect(baseline.judged(record).outcome == (record.outcome == .failed ? .expected : .passed), "\(text)")
      }
      for comment in ["# The head.", "# About the list.", "# The list of the others.", "# The tail."] {
        #expect(text.contains(comment), "\(text)")
      }
    }
  }

  @Test func entryForWhatWasNotInTheRunStaysAndAStaleOneGoes() throws {
    let text = """
      known-failures:
        - {case: "refusals/**/c-c/*", reason: not in this run}
        - {case: messages/unix+line/swift-c/nothing, reason: stale}
      """
    let update = try Self.update(text, Self.run())
    #expect(update.text == text.split(separator: "\n").dropLast().joined(separator: "\n"))
    #expect(update.remarks == ["removed known.yml:3, messages/unix+line/swift-c/nothing: nothing fails as it says"])
  }

  @Test func whatCouldNotBeRunHereKeepsItsEntry() throws {
    let text = "known-failures:\n  - case: messages/unix+line/*/order\n    reason: x\n"
    let notRun: [String: Outcome] = ["c-c/order": .notRun, "c-swift/order": .notRun, "swift-c/order": .notRun]
    var all = notRun
    all["swift-swift/order"] = .failed
    #expect(try Self.update(text, Self.run(all)).text == text)
    let update = try Self.update(text, Self.run(notRun))
    let new = try Baseline(text: update.text, file: "known.yml")
    let covered = Self.run().map(\.name).filter { name in
      new.known.contains { $0.glob.matches(name.description) }
    }
    #expect(Set(covered) == Set(["c-c", "c-swift", "swift-c"].map { Self.name($0, "order") }), "\(update.text)")
  }

  @Test func aBugSeenFromBothSidesIsOneEntryListedOnce() throws {
    var records = Self.run([
      "c-c/order": .failed, "c-swift/order": .failed, "swift-c/order": .failed, "swift-swift/order": .failed,
    ])
    for index in records.indices where records[index].name == Self.name("c-swift", "order") {
      records[index].failure = Failure(blame: .writer, blamed: ["c (writer)"], expected: "hello", seen: "nothing")
    }
    let update = try Self.update("", records)
    #expect(
      update.remarks == [
        "added messages/unix+line/*/order: fails since 2026-01-31, blame reader: c (reader), reader: swift (reader), writer: c (writer); say why"
      ])
  }

  @Test func whatTwoEntriesComeToIsListedOnce() throws {
    let text = """
      known-failures:
        - {case: messages/unix+line/c-*/order, reason: one}
        - {case: messages/unix+line/*-c/order, reason: two}
        - {case: messages/unix+line/swift-swift/greeting, reason: three}
        - {case: messages/unix+line/swift-swift/greeting, reason: four}

      """
    let update = try Self.update(text, Self.run(["c-c/order": .failed, "swift-swift/greeting": .failed]))
    #expect(
      update.text == """
        known-failures:
          - {case: messages/unix+line/c-c/order, reason: one}
          - {case: messages/unix+line/swift-swift/greeting, reason: three}

        """)
    #expect(
      update.remarks == [
        "narrowed known.yml:2, messages/unix+line/c-*/order, to messages/unix+line/c-c/order",
        "removed known.yml:3, messages/unix+line/*-c/order: known.yml:2 lists the same",
        "removed known.yml:5, messages/unix+line/swift-swift/greeting: known.yml:4 lists the same",
      ])
  }

  @Test func caseThatWasNotRunMayBeCoveredUnlessTheRunWasInterrupted() throws {
    let outcomes: [String: Outcome] = [
      "c-c/order": .failed, "c-c/half-close": .failed, "c-c/greeting": .notRun, "c-c/request-reply": .notRun,
    ]
    func added(isInterrupted: Bool) throws -> [String] {
      let update = try BaselineUpdate(
        "", file: "known.yml", records: Self.run(outcomes), whole: Self.whole, date: "", isInterrupted: isInterrupted)
      return try Baseline(text: update.text, file: "known.yml").known.map(\.glob.pattern)
    }
    #expect(try added(isInterrupted: false) == ["messages/unix+line/c-c/*"])
    #expect(try added(isInterrupted: true) == ["messages/unix+line/c-c/{half-close,order}"])
  }

  @Test func flakyAndUnsteadyCasesAndFaultsOfTheHarnessAreNotListed() throws {
    let flaky = "flaky:\n  - {case: messages/unix+line/c-c/order, reason: x, retries: 1}\n"
    var records = Self.run(["c-c/order": .failed, "c-c/greeting": .failed, "swift-c/order": .failed])
    records.append(CaseRecord(name: Self.name("c-c", "greeting"), outcome: .passed))
    for index in records.indices where records[index].name == Self.name("swift-c", "order") {
      records[index].failure?.blame = .harness
    }
    let update = try Self.update(flaky, records)
    #expect(update.text == flaky)
    #expect(
      update.remarks == [
        "left out messages/unix+line/c-c/greeting: it failed and passed in the same run; list it under flaky",
        "left out messages/unix+line/c-c/order: it is listed as flaky (known.yml:2), and every try failed",
        "left out messages/unix+line/swift-c/order: the harness could not do its work",
      ])
  }

  @Test(
    arguments: [
      "known-failures: [{case: messages/unix+line/swift-c/order, reason: x}]\n",
      "known-failures:\n  - case: >\n      messages/unix+line/*/order\n    reason: x\n",
      "known-failures:\n  - case: \"messages/unix+line/\\\n      */order\"\n    reason: x\n",
    ])
  func wayOfWritingThatCannotBeEditedIsRefusedNotSpoilt(_ text: String) {
    let error = #expect(throws: HarnessError.self) {
      try Self.update(text, Self.run(["c-c/order": .failed, "c-c/greeting": .failed]))
    }
    #expect(error?.description.hasPrefix("known.yml:") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("cannot be edited line by line") == true)
  }
}
