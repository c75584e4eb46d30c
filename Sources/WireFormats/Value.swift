public import BigInt

/// A value that a codec turns into a message, in the terms that the languages share.
///
/// ```swift
/// let value = Value.map([.init(.text("a"), .list([.int(1), .null]))])
/// value.tokens  // "map:1,text:61,list:2,int:1,null"
/// ```
public indirect enum Value: Sendable {
  /// Python's `None`, JSON's `null`.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number of any size.
  case int(BigInt)
  /// A double-precision number; every bit counts, those of a NaN too.
  case f64(Double)
  /// A single-precision number, where a codec tells them apart.
  case f32(Float)
  /// Unicode text.
  case text(String)
  /// Bytes that do not change: Python's `bytes`.
  case bytes([UInt8])
  /// Bytes that may change: Python's `bytearray`.
  case byteArray([UInt8])
  /// A sequence that may change: Python's `list`.
  case list([Value])
  /// A sequence that does not change: Python's `tuple`.
  case tuple([Value])
  /// Values without an order: Python's `set`.
  case set([Value])
  /// Values without an order that do not change: Python's `frozenset`.
  case frozenSet([Value])
  /// Keys and values in the order in which they came; two maps are equal whatever their order.
  case map([Entry])
  /// An object of a class that has no meaning here: only its name and parts, never executed.
  case object(InertObject)

  /// A key of a map and its value.
  public struct Entry: Sendable {
    /// The key.
    public var key: Value
    /// The value.
    public var value: Value

    /// Makes an entry.
    public init(_ key: Value, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  /// What a pickle says of an object that is not plain data: which function or class it names, and with what.
  ///
  /// Nothing is looked up or called; it can be printed and compared.
  public struct InertObject: Sendable {
    /// The qualified name in the pickle, such as `datetime.date`.
    public var name: String
    /// The arguments of the call: a tuple, or nil for the name alone.
    public var arguments: Value?
    /// The state or items that were set afterwards, or nil.
    public var state: Value?

    /// Makes a node.
    public init(name: String, arguments: Value? = nil, state: Value? = nil) {
      self.name = name
      self.arguments = arguments
      self.state = state
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(BigInt(value)) }
  /// A list.
  public init(arrayLiteral elements: Value...) { self = .list(elements) }
}

extension Value: Hashable {
  /// Equal to the bit; sets and maps whatever their order.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.f64(let left), .f64(let right)): left.bitPattern == right.bitPattern
    case (.f32(let left), .f32(let right)): left.bitPattern == right.bitPattern
    // Not as strings, for which two spellings of é are equal.
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.bytes(let left), .bytes(let right)), (.byteArray(let left), .byteArray(let right)): left == right
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left == right
    case (.set(let left), .set(let right)), (.frozenSet(let left), .frozenSet(let right)):
      left.count == right.count && (left == right || Self.haveEqualText(.set(left), .set(right)))
    case (.map(let left), .map(let right)):
      left.count == right.count && (left == right || Self.haveEqualText(.map(left), .map(right)))
    case (.object(let left), .object(let right)):
      left.name.utf8.elementsEqual(right.name.utf8) && (left.arguments ?? .null) == (right.arguments ?? .null)
        && (left.state ?? .null) == (right.state ?? .null)
    default: false
    }
  }

  /// The slow way, where the order differs.
  private static func haveEqualText(_ left: Value, _ right: Value) -> Bool {
    left.canonicalTokens == right.canonicalTokens
  }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(canonicalTokens) }
}

extension Value.Entry: Equatable {}
