import Foundation

/// Random numbers that come the same way again from the same seed (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number below a bound; slightly uneven, and fast in a debug build.
  public mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

  /// One of some elements; nil only if there is none.
  public mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }

  /// A byte.
  public mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 40) }

  /// Some bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(byte()) }
    return bytes
  }

  /// The seed of this run: `PARLEY_SEED`, or a new one, printed so that a failure can be had again.
  public static let runSeed: UInt64 = {
    let given = ProcessInfo.processInfo.environment["PARLEY_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
    print("random inputs: PARLEY_SEED=\(seed)")
    return seed
  }()
}
