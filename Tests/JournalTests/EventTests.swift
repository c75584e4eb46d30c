import Foundation
import Journal
import Testing

@Suite("Events in JSON")
struct EventTests {
  @Test("Every event comes back as it was", arguments: Events.all)
  func roundTrip(event: Event) throws {
    let data = try JSONEncoder().encode(event)
    #expect(try JSONDecoder().decode(Event.self, from: data) == event)
  }

  @Test(
    "The kind stands under event",
    arguments: zip(
      Events.all,
      [
        "run-started", "rules", "adapter", "adapter", "case-started", "case-ended", "case-ended", "case-ended", "note",
        "run-ended",
      ]))
  func kind(event: Event, name: String) throws {
    let text = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
    #expect(text.contains("\"event\":\"\(name)\""))
  }

  @Test("A shard with a baseline comes back, and what is nil takes no room")
  func shard() throws {
    let event = Event.runStarted(Events.shardStart)
    #expect(try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event)) == event)
    let plain = String(decoding: try JSONEncoder().encode(Event.runStarted(Events.start)), as: UTF8.self)
    #expect(!plain.contains("shard") && !plain.contains("baseline") && !plain.contains("null"))
  }

  @Test("Every outcome comes back", arguments: Outcome.allCases)
  func outcomes(outcome: Outcome) throws {
    let event = Event.caseEnded(CaseRecord(name: Events.name, outcome: outcome))
    #expect(try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event)) == event)
  }

  @Test("Every blame comes back", arguments: [Blame.writer, .reader, .both, .adapter, .harness])
  func blames(blame: Blame) throws {
    let failure = Failure(blame: blame, blamed: [], expected: "", seen: "")
    let event = Event.caseEnded(CaseRecord(name: Events.name, outcome: .failed, failure: failure))
    #expect(try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event)) == event)
  }

  @Test(
    "What is no event is refused",
    arguments: [
      "{}", "[]", "{\"event\":\"dance\"}", "{\"event\":\"note\"}", "{\"event\":\"case-started\",\"name\":\"a/b\"}",
    ])
  func refused(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Event.self, from: Data(text.utf8)) }
  }
}
