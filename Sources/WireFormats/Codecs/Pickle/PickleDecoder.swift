/// Reads Python's pickles of plain data, protocols 0 to 5, and never executes or looks up anything.
///
/// ```swift
/// try PickleDecoder().decode([0x80, 2, 0x5d, 0x28, 0x4b, 1, 0x4b, 2, 0x65, 0x2e])  // [1, 2]
/// ```
///
/// A class or function that the pickle names, and what it makes with it, becomes a ``Value/object(_:)`` that only says so. The
/// exceptions are those that plain data needs in older protocols: `_codecs.encode`, and `bytes`, `bytearray`, `set`, `frozenset`
/// and `list` of `builtins` or `__builtin__`.
///
/// As Python does, it takes any instruction under any protocol number, a message without protocol number, and bytes behind the
/// end. A byte string of Python 2 (`'hi'`) has no known encoding and is ``Value/bytes(_:)``. A key or member of a set that Python
/// cannot hash is `malformed`; of keys that Python finds equal, such as 1 and true, the last value stays at the first place.
/// In an object, items that were appended become a list as its state, entries that were set a map; if there are several
/// of these or a state besides, a tuple of them. Keyword arguments are a map behind the other arguments.
/// What is called without being a bare name becomes an `operator.call`. An old-style instance of Python 2 is an object too.
///
/// The message is gone through twice: first it is only noted where each part is, in a few bytes a part, and then, when the size
/// of the whole is known and bearable, the value is made.
public struct PickleDecoder: Sendable {
  /// What a pickle may ask for.
  public var limits: PickleLimits

  /// Makes a decoder.
  public init(limits: PickleLimits = PickleLimits()) { self.limits = limits }

  /// Decodes a message.
  ///
  /// - Returns: the value.
  /// - Throws: ``CodecError``: `malformed` for what is no pickle of a value, `too-large` beyond ``limits``.
  public func decode(_ message: [UInt8]) throws(CodecError) -> Value {
    try decode(message, DecodingBudget(messageSize: message.count, limits: limits))
  }

  /// Decodes a message within a budget.
  func decode(_ message: [UInt8], _ budget: DecodingBudget) throws(CodecError) -> Value {
    let most = min(limits.size, PickleItem.longestMessage)
    guard message.count <= most else {
      throw CodecError(.tooLarge, "The pickle has \(message.count) bytes; the limit is \(most).")
    }
    let (item, store) = try run(message)
    var graph = PickleGraph(message, store, limits: limits, budget: budget)
    return try graph.value(of: item)
  }

  /// The parts and the one that is left, without the stack and the memo, whose memory is free again.
  private func run(_ message: [UInt8]) throws(CodecError) -> (PickleItem, PickleStore) {
    var limits = limits
    limits.parts = min(limits.parts, PickleNode.most / 4)
    var machine = PickleMachine(message, limits: limits)
    let item = try machine.run()
    return (item, machine.store)
  }
}
