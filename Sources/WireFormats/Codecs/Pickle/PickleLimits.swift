/// How much a pickle may ask for before it is refused with `too-large`.
///
/// A pickle of a few bytes can name a value of any size, because it may use one part many times. Every limit is checked before
/// the memory or the time is spent.
public struct PickleLimits: Sendable, Equatable {
  /// The longest message in bytes: 64 MiB, as much as a frame.
  public var size = Framing.defaultLimit
  /// The deepest nesting: 200, as in the adapter protocol.
  ///
  /// An empty list has none, a list of numbers has 1.
  public var depth = Value.deepestNesting
  /// The most open marks: 1000.
  ///
  /// A pickle needs one for each level that is under way.
  public var marks = 1000
  /// The most entries of the memo: 1,048,576.
  public var memo = 1 << 20
  /// The most parts that the message makes, and the most that the value has when every use of a part counts: 4,194,304.
  public var parts = 1 << 22
  /// The most bytes of text, bytes and numbers that the value has when every use of a part counts: 256 MiB.
  public var content = 256 << 20
  /// The most digits of a whole number in decimal: 20,000, without the sign.
  ///
  /// Reading and writing them takes time that grows with their square. So the squares of all, every use counted, are at most 2^36 for
  /// each MiB of the message, and at least for one: 171 numbers of 20,000 digits.
  public var digits = Value.mostDigits
  /// The most bytes of memory that decoding takes, whatever the message: 16 MiB, and ``memoryPerByte`` in addition.
  public var memory = 16 << 20
  /// The bytes of memory that each byte of the message allows: 12.
  ///
  /// A list of a million small numbers needs 10, one of very short texts 15.
  public var memoryPerByte = 12

  /// The limits that each property names.
  public init() {}

  func memory(messageSize: Int) -> Int { memory + memoryPerByte * messageSize }
}
