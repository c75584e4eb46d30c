import TestInputs
import Testing
import WireFormats

/// 102,000 random values in all.
@Suite("Swift and CPython agree, to the bit")
struct OracleTests {
  static let batch = 1000

  @Test("pickle, protocols 0 to 5", arguments: 0..<42)
  func pickles(round: Int) throws {
    try compare(round) { generator, index in
      Comparison(.pickle, variant: index, generator.value(.python))
    }
  }

  @Test("json", arguments: 100..<130)
  func json(round: Int) throws {
    try compare(round) { generator, index in
      Comparison(.json, variant: index, generator.value(.json))
    }
  }

  @Test("struct", arguments: 200..<230)
  func structures(round: Int) throws {
    try compare(round) { generator, index in
      let random = RandomStruct(from: &generator)
      return Comparison(.structure, variant: index, format: random.format, random.value)
    }
  }

  private func compare(
    _ round: Int, _ make: (inout SeededGenerator, Int) -> Comparison
  ) throws {
    let python = try CPython.shared.get()
    let first = round * Self.batch
    let comparisons = (first..<(first + Self.batch)).map { index in
      // Each value has its own seed: a failing one can be had again without those before it.
      var generator = SeededGenerator(seed: SeededGenerator.runSeed &+ UInt64(index))
      return make(&generator, index)
    }
    for (index, (comparison, answer)) in zip(comparisons, try python.answers(comparisons)).enumerated() {
      guard let disagreement = comparison.disagreement(answer) else { continue }
      Issue.record(
        """
        \(comparison.codec.rawValue) \(comparison.format ?? ""), PARLEY_SEED=\(SeededGenerator.runSeed), value \
        \(first + index), CPython \(CPython.version): \(comparison.value.tokens): \(disagreement)
        """)
      return
    }
  }
}
