/// What lies on the stack of the machine, in four bytes: a part without parts by its place in the message, any other by its node.
///
/// Nothing is made of the message before it is known what it asks for.
struct PickleItem: Equatable {
  private let bits: UInt32

  private static let nodeBit: UInt32 = 1 << 31
  /// The longest message whose places fit.
  static let longestMessage = Int(Int32.max)

  /// No item.
  static let absent = PickleItem(bits: .max)

  private init(bits: UInt32) { self.bits = bits }

  /// What the instruction at a place of the message makes.
  init(at place: Int) { bits = UInt32(truncatingIfNeeded: place) }

  /// A node, by its index.
  init(node: Int) { bits = Self.nodeBit | UInt32(truncatingIfNeeded: node) }

  /// The place in the message, if it is one.
  var place: Int? { bits < Self.nodeBit ? Int(bits) : nil }

  /// The index of the node, if it is one.
  var node: Int? { bits >= Self.nodeBit && self != .absent ? Int(bits & ~Self.nodeBit) : nil }
}

/// A part that holds others, or that several parts may hold, in eight bytes.
///
/// Nodes name each other by index and not by reference, so that a value that contains itself is only a circle of numbers.
struct PickleNode {
  enum Kind: UInt32 {
    /// A part without parts that may be used several times: `first` is its place in the message.
    case scalar
    /// Bytes or a bytearray that a call makes of its items: one text in Latin-1, one of bytes, or numbers.
    case bytes, byteArray
    /// The items are `second` from `first` on.
    case tuple, frozenSet
    /// The items are in a chain of segments from `first` to `second`, which are indices and 1; 0 is none.
    ///
    /// Those of a map are keys and values in turn.
    case list, set, map
    /// `first` is the index of a ``PickleObject``.
    case object
  }

  /// The kind in the upper four bits and `second` in the others.
  private var packed: UInt32
  private var place: UInt32

  /// The most that `first` and `second` can be.
  static let most = 1 << 28 - 1

  init(_ kind: Kind, first: Int = 0, second: Int = 0) {
    packed = kind.rawValue << 28 | UInt32(truncatingIfNeeded: second)
    place = UInt32(truncatingIfNeeded: first)
  }

  var kind: Kind { Kind(rawValue: packed >> 28) ?? .scalar }

  var first: Int {
    get { Int(place) }
    set { place = UInt32(truncatingIfNeeded: newValue) }
  }

  var second: Int {
    get { Int(packed & (1 << 28 - 1)) }
    set { packed = packed & ~(1 << 28 - 1) | UInt32(truncatingIfNeeded: newValue) }
  }

  /// Whether the node takes items after it was made.
  var canGrow: Bool { kind == .list || kind == .set || kind == .map }
}

/// Neighbouring items of a part that grows.
struct PickleSegment {
  var start: UInt32
  var count: UInt32
  /// The index of the next and 1; 0 is none.
  var next: UInt32 = 0
}

/// A class, a function, or an object made by one, with what the pickle does to it.
struct PickleObject {
  /// The index of a ``PickleName``.
  var name: UInt32
  /// A tuple, or absent for the class or function itself.
  var arguments = PickleItem.absent
  /// The states that were set, in order, as segments: items that were appended or added are a list, entries a map.
  var firstState: UInt32 = 0
  var lastState: UInt32 = 0
  /// The index and 1 of the list or map that further items or entries go to; 0 after anything else.
  var growing: UInt32 = 0

  /// Whether nothing was done with the name.
  var isBareName: Bool { arguments == .absent && firstState == 0 }
}

/// The name of a class or function.
struct PickleName {
  /// Where the module's name is: a text, or an instruction with both names; absent for `operator.call`.
  var first: PickleItem
  /// The text of the qualified name; absent if the instruction has both.
  var second: PickleItem
  /// The bytes of the whole name.
  var length: UInt32
  var role: PickleRole
}

/// What a name means for plain data.
enum PickleRole: UInt8 {
  case none, encode, bytes, byteArray, set, frozenSet, list, reconstructor, object

  /// The longest name of one, by which others are told quickly.
  static let longestName = 24

  init(_ name: String) {
    switch name {
    case "_codecs.encode": self = .encode
    case "builtins.bytes", "__builtin__.bytes": self = .bytes
    case "builtins.bytearray", "__builtin__.bytearray": self = .byteArray
    case "builtins.set", "__builtin__.set": self = .set
    case "builtins.frozenset", "__builtin__.frozenset": self = .frozenSet
    case "builtins.list", "__builtin__.list": self = .list
    case "copyreg._reconstructor", "copy_reg._reconstructor": self = .reconstructor
    case "builtins.object", "__builtin__.object": self = .object
    default: self = .none
    }
  }
}
