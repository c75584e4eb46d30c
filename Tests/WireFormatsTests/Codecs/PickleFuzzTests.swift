import TestInputs
import Testing
import WireFormats

@Suite("Damaged and random pickles")
struct PickleFuzzTests {
  /// 50,000 together; `scripts/fuzz` does a million and more.
  static let count = 12_500

  @Test("Each is a value that comes back, or is refused with the right kind", arguments: 0..<4)
  func fuzz(quarter: Int) {
    let random = RandomPickle()
    for index in (quarter * Self.count)..<((quarter + 1) * Self.count) {
      // Each input has its own seed: a failing one can be had again without those before it.
      var generator = SeededGenerator(seed: SeededGenerator.runSeed &+ UInt64(index))
      let message = random.message(from: &generator)
      guard case .wrong(let reason) = PickleTrial(message) else { continue }
      Issue.record("PARLEY_SEED=\(SeededGenerator.runSeed), input \(index), \(Hex.text(message)): \(reason)")
      return
    }
  }
}
