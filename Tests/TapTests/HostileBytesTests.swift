import Journal
import Testing
import WireFormats

@testable import Tap

/// Whatever goes by, the tap must not end.
@Suite struct HostileBytesTests {
  /// Bytes that look like frames and are none, from a seed.
  private struct Noise: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let pieces: [[UInt8]] = [
    [0, 0, 0, 5], [5, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 4, 0x95], [0x2e], [0x0a],
    [0x0d, 0x0a], [0x80, 0x80, 0x80], Array("#CHALLENGE#{sha256}".utf8), Array("{\"a\":".utf8), Array("12:".utf8),
    Array("Content-Length: 9223372036854775807\r\n\r\n".utf8), Array("Content-Length: 3\r\n\r\n".utf8), [0], [0xff], [],
  ]

  @Test(arguments: 1...200)
  func anyBytesAreShownAndCounted(_ seed: Int) {
    var noise = Noise(state: UInt64(seed))
    let framing = Bool.random(using: &noise) ? nil : Framing.allCases.randomElement(using: &noise)
    var view = TapView(framing: framing, codec: .auto)
    let form = TextForm(isColoured: false, longest: 240)
    var (sent, time) = ([TapSide: Int](), 0)
    _ = view.add(.connected(1, TapTime(microseconds: 0)))
    for _ in 0..<60 {
      let side: TapSide = Bool.random(using: &noise) ? .client : .server
      let piece = (0..<Int.random(in: 1...4, using: &noise)).flatMap { _ in
        Self.pieces.randomElement(using: &noise) ?? []
      }
      time += Int.random(in: 0...20_000, using: &noise)
      var shown: [ShownEvent]
      if Int.random(in: 0..<20, using: &noise) == 0 {
        shown = view.add(.unseen(1, side, TapTime(microseconds: time), count: 100))
        sent[side, default: 0] += 100
      } else {
        guard !piece.isEmpty else { continue }
        shown = view.add(.bytes(1, side, TapTime(microseconds: time), offset: sent[side] ?? 0, piece))
        sent[side, default: 0] += piece.count
      }
      shown += view.tick(at: TapTime(microseconds: time))
      for event in shown { #expect(!form.line(event).isEmpty && JSONForm.line(event).hasPrefix("{\"event\":")) }
    }
    guard case .closed(_, _, let totals)? = view.add(.closed(1, TapTime(microseconds: time))).last else {
      Issue.record("not closed")
      return
    }
    for side in TapSide.allCases { #expect(totals[side]?.bytes ?? 0 == sent[side] ?? 0, "seed \(seed)") }
  }
}
