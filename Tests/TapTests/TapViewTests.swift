import Journal
import Testing
import WireFormats

@testable import Tap

@Suite struct TapViewTests {
  private static let hello = stream(.multiprocessing, [Array("{\"a\":1}".utf8)])

  private func time(_ milliseconds: Int) -> TapTime { TapTime(microseconds: milliseconds * 1000) }

  private func lines(_ events: [ShownEvent]) -> [String] {
    events.map { TextForm(isColoured: false, longest: 240).line($0) }
  }

  @Test func nothingIsShownUntilItIsKnownWhatItIs() {
    var view = TapView(framing: nil, codec: .auto)
    _ = view.add(.connected(1, time(0)))
    #expect(view.add(.bytes(1, .client, time(1), offset: 0, Self.hello)).isEmpty)
    #expect(view.deadline == time(251))
    #expect(view.tick(at: time(250)).isEmpty)
    let shown = lines(view.add(.bytes(1, .server, time(2), offset: 0, Self.hello)))
    #expect(
      shown == [
        "#1   framing multiprocessing: 2 messages, each with a 4-byte big-endian length before it: 2 json.",
        "#1 → 0.001000    7 bytes  json {\"a\":1}", "#1 ← 0.002000    7 bytes  json {\"a\":1}",
      ])
    #expect(view.deadline == nil)
  }

  @Test func aSideThatWaitsIsShownAfterAMoment() {
    var view = TapView(framing: nil, codec: .auto)
    _ = view.add(.connected(1, time(0)))
    _ = view.add(.bytes(1, .client, time(1), offset: 0, Self.hello))
    #expect(lines(view.tick(at: time(251))).last == "#1 → 0.001000    7 bytes  json {\"a\":1}")
  }

  @Test func theSameVerdictIsSaidOnce() {
    var view = TapView(framing: nil, codec: .auto)
    var verdicts = 0
    for number in 1...3 {
      _ = view.add(.connected(number, time(0)))
      let shown =
        view.add(.bytes(number, .client, time(1), offset: 0, Self.hello))
        + view.add(.bytes(number, .server, time(1), offset: 0, Self.hello))
      verdicts += shown.count { if case .verdict = $0 { true } else { false } }
      #expect(shown.count { if case .message = $0 { true } else { false } } == 2)
    }
    #expect(verdicts == 1)
  }

  @Test func aWrongGuessIsNamedWithItsByteAndGoesOnInHex() {
    var view = TapView(framing: .netstring, codec: .auto)
    _ = view.add(.connected(1, time(0)))
    #expect(lines(view.add(.bytes(1, .client, time(1), offset: 0, Array("5:hello,".utf8)))).count == 1)
    let wrong = lines(view.add(.bytes(1, .client, time(2), offset: 8, Array("oops".utf8))))
    #expect(wrong.first?.hasPrefix("#1 → not netstring from byte 8 of the client on: ") ?? false, "\(wrong)")
    #expect(wrong.last == "#1 → 0.002000    4 bytes  byte 8: hex 6f6f7073 |oops|")
    let more = lines(view.add(.bytes(1, .client, time(3), offset: 12, Array("5:hello,".utf8))))
    #expect(more == ["#1 → 0.003000    8 bytes  byte 12: hex 353a68656c6c6f2c |5:hello,|"])
    #expect(
      lines(view.add(.bytes(1, .server, time(4), offset: 0, Array("2:ok,".utf8)))).last?.hasSuffix("text \"ok\"")
        ?? false)
  }

  @Test func anEndInsideAMessageShowsWhatCame() {
    var view = TapView(framing: .multiprocessing, codec: .auto)
    _ = view.add(.connected(1, time(0)))
    _ = view.add(.bytes(1, .client, time(1), offset: 0, [0, 0, 0, 9, 1, 2]))
    #expect(
      lines(view.add(.ended(1, .client, time(2)))) == [
        "#1 → 0.002000    6 bytes  byte 0: hex 000000090102 |......|",
        "#1 → 0.002000  the client sends no more, inside a message: 6 bytes of it came",
      ])
  }

  @Test func afterUnseenBytesLinesAreFoundAgainAndLengthsAreNot() {
    for (framing, last) in [
      (Framing.line, "#1 → 0.002000    4 bytes  text \"next\""),
      (.netstring, "#1 → 0.002000    9 bytes  byte 104: hex 6c6f73740a6e6578740a |lost.next.|"),
    ] {
      var view = TapView(framing: framing, codec: .auto)
      _ = view.add(.connected(1, time(0)))
      _ = view.add(.bytes(1, .client, time(1), offset: 0, stream(framing, [Array("a".utf8)])))
      let unseen = lines(view.add(.unseen(1, .client, time(1), count: 100)))
      #expect(unseen.first?.contains("100 bytes not shown") ?? false)
      #expect(unseen.first?.contains("hex from here") == (framing == .netstring))
      let shown = lines(view.add(.bytes(1, .client, time(2), offset: 104, Array("lost\nnext\n".utf8))))
      #expect(shown == [last.replacing("    9 bytes", with: "   10 bytes")])
      guard case .closed(_, _, let totals)? = view.add(.closed(1, time(3))).last else {
        Issue.record("not closed")
        return
      }
      #expect(totals[.client]?.messages == (framing == .line ? 2 : 1))
    }
  }

  @Test func messagesThatAreOnlyCountedDoNotLoseTheThread() {
    var view = TapView(framing: .line, codec: .auto)
    _ = view.add(.connected(1, time(0)))
    let counted = view.add(.bytes(1, .client, time(1), offset: 0, Array("a\nb\nc".utf8)), isShown: false)
    #expect(counted == [.unseen(1, .client, count: 2, .messages)])
    #expect(
      lines(view.add(.bytes(1, .client, time(2), offset: 5, Array("d\n".utf8)))).last?.hasSuffix("text \"cd\"") ?? false
    )
  }

  @Test func nothingInAMessageSteersATerminal() {
    let form = TextForm(isColoured: true, longest: 240)
    let message = ShownMessage(offset: 0, length: 3, payload: Array("\u{1b}[2J".utf8), content: .text("\u{1b}[2J"))
    #expect(!form.line(.message(1, .client, time(0), message)).contains("\u{1b}[2J"))
    #expect(!form.line(.failed(1, time(0), "\u{1b}[2J")).contains("\u{1b}[2J"))
  }

  @Test func everyEventIsOneObjectOfJSON() throws {
    let verdict = Identification([.client: Self.hello]).verdict
    let message = ShownMessage(
      offset: 0, length: 5, payload: Array("\"\n\u{0}x\u{7f}".utf8), content: .text("\"\n\u{0}x\u{7f}"))
    let events: [ShownEvent] = [
      .started(TapStart(date: "d", listen: "a\"b", connect: "c")), .connected(1, time(1)), .verdict(1, verdict),
      .message(1, .client, time(2), message), .chunk(1, .server, time(3), offset: 9, [1, 2]),
      .wrong(1, .client, offset: 3, framing: .line, reason: "because \"so\""),
      .unseen(1, .client, count: 3, .framing), .descriptors(1, .client, time(1), count: 2),
      .ended(1, .client, time(1), unfinished: 0), .reset(1, .client, time(1)), .failed(1, time(1), "no"),
      .closed(1, time(1), [.client: .init(messages: 1, bytes: 2)]), .over(time(9)),
    ]
    for event in events {
      let line = JSONForm.line(event)
      // It is read by this project's own reader, which follows RFC 8259.
      guard case .map(let members) = try Codec.json.decode(Array(line.utf8)) else {
        Issue.record("\(line) is no object")
        continue
      }
      #expect(members.first?.key == "event" && !line.contains("\n"), "\(line)")
    }
  }
}
