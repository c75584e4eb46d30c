import TestInputs
import Testing
import WireFormats

@Suite("Random streams")
struct RandomInputTests {
  /// For each framing; over 100,000 together.
  static let count = 15_000

  @Test(
    "The result does not depend on the segmentation, and what was encoded is decoded",
    arguments: Framing.ofStreams)
  func segmentation(framing: Framing) {
    // Small limits: with large ones most damaged lengths would only wait for more. Copied, a decoder costs a fraction of a new one.
    let decoders = [3, 15, 300].map { FrameDecoder(framing, limit: $0) }
    for index in 0..<Self.count {
      // Each input has its own seed: a failing one can be had again without those before it.
      var generator = SeededGenerator(seed: SeededGenerator.runSeed &+ UInt64(index))
      let decoder = decoders[generator.below(3)]
      let input = RandomInput(framing, from: &generator)
      let (whole, cut) = (decoder.decode(input.bytes), decoder.decode(input.bytes, cutAt: input.cuts))
      let isRight = whole == cut && whole.messages.allSatisfy { $0.count <= decoder.limit }
      // Random messages have up to 15 bytes; the smallest limit refuses some.
      let roundTrips =
        input.messages.map { $0 == whole.messages && whole.end == nil || decoder.limit == 3 } ?? true
      guard isRight && roundTrips else {
        Issue.record(
          """
          \(framing.rawValue), limit \(decoder.limit), PARLEY_SEED=\(SeededGenerator.runSeed), input \(index): \
          \(Hex.text(input.bytes)) whole: \(whole); cut at \(input.cuts): \(cut); sent: \(String(describing: input.messages))
          """)
        return
      }
    }
  }

  @Test("none gives the pieces back, up to the first over the limit")
  func pieces() {
    let fresh = FrameDecoder(.none, limit: 12)
    for index in 0..<Self.count {
      var generator = SeededGenerator(seed: SeededGenerator.runSeed &+ UInt64(index))
      let input = RandomInput(.none, from: &generator)
      let bounds = [0] + input.cuts + [input.bytes.count]
      let pieces = zip(bounds, bounds.dropFirst()).map { Array(input.bytes[$0..<$1]) }
      let fitting = Array(pieces.prefix { $0.count <= 12 })
      let right = Decoded(messages: fitting, end: fitting.count < pieces.count ? .tooLarge : nil)
      let decoded = fresh.decode(input.bytes, cutAt: input.cuts)
      guard decoded == right else {
        Issue.record("PARLEY_SEED=\(SeededGenerator.runSeed), input \(index): \(pieces) became \(decoded)")
        return
      }
    }
  }
}
