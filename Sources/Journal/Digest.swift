/// A short digest that tells two texts apart: FNV-1a, 64 bits.
///
/// No protection against intent.
public struct Digest: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The digest of nothing yet.
  public init() {}

  /// Adds a text and its end, so that `ab`, `c` differs from `a`, `bc`.
  public mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func add(_ byte: UInt8) {
    state ^= UInt64(byte)
    state &*= 0x0000_0100_0000_01b3
  }
}
