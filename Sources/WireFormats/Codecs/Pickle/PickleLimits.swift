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
  ///
  /// A part takes about 130 bytes at the worst, while the message is decoded.
  public var parts = 1 << 22
  /// The most bytes of text, bytes and numbers that the value has when every use of a part counts: 256 MiB.
  public var content = 256 << 20
  /// The most digits of a whole number in decimal: 20,000.
  ///
  /// Reading them takes time that grows with their square.
  public var digits = 20_000
  /// The most bytes of a whole number in binary: 8192, a little less than 20,000 digits.
  public var integerBytes = 8192

  /// The limits that each property names.
  public init() {}
}
