import Foundation
import Testing

@testable import Journal

@Suite struct TapRecordingTests {
  private static let events: [TapEvent] = [
    .started(TapStart(date: "2026-01-02T03:04:05Z", listen: "/tmp/a \"b\"", connect: "@c", fault: "cut:4")),
    .connected(1, TapTime(microseconds: 12)),
    .bytes(1, .client, TapTime(microseconds: 1_000_013), offset: 0, [0, 1, 0xfe, 0xff]),
    .bytes(1, .server, TapTime(microseconds: 1_000_014), offset: 7, []),
    .descriptors(1, .client, TapTime(microseconds: 15), count: 2),
    .unseen(1, .server, TapTime(microseconds: 16), count: 1 << 40), .ended(1, .client, TapTime(microseconds: 17)),
    .reset(1, .server, TapTime(microseconds: 18)), .failed(1, TapTime(microseconds: 19), reason: "line\nfeed"),
    .closed(1, TapTime(microseconds: 20)), .over(TapTime(microseconds: 86_400_000_000)),
  ]

  private func text() -> [UInt8] { Self.events.flatMap { TapRecording.line($0) + [0x0a] } }

  @Test func whatIsWrittenIsRead() throws {
    var events: [TapEvent] = []
    try TapRecording.read(text(), path: "r") { events.append($0) }
    #expect(events == Self.events)
    #expect(TapRecording.begins(text()))
  }

  @Test func aLastLineThatIsCutOffIsLeftOut() throws {
    var count = 0
    try TapRecording.read(text().dropLast(3), path: "r") { _ in count += 1 }
    #expect(count == Self.events.count - 1)
  }

  @Test func whatIsNoEventIsNamedWithItsLine() {
    for wrong in [
      "{}", "{\"event\":\"unseen\",\"connection\":1,\"from\":\"client\",\"time\":0,\"count\":9223372036854775807}",
      "{\"event\":\"bytes\",\"connection\":1,\"from\":\"client\",\"time\":0,\"offset\":0,\"bytes\":\"0\"}",
    ] {
      #expect(throws: JournalFile.Failure(description: "Line 12 of r is no event of a tap's recording.")) {
        try TapRecording.read(text() + Array("\(wrong)\n".utf8), path: "r") { _ in }
      }
    }
  }

  @Test func aNewerVersionIsRefused() {
    let line = "{\"event\":\"tap-started\",\"version\":99,\"date\":\"\",\"listen\":\"\",\"connect\":\"\"}\n"
    #expect(throws: JournalFile.Failure.self) { try TapRecording.read(Array(line.utf8), path: "r") { _ in } }
  }

  @Test func secondsHaveSixDecimals() {
    #expect(TapTime(microseconds: 5).seconds == "0.000005")
    #expect(TapTime(microseconds: 12_345_678).seconds == "12.345678")
  }
}
