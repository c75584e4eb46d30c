/// What lies on the stack of the machine: a value that is finished, or a part that may still grow.
enum PickleItem {
  case value(Value)
  /// The index of a ``PickleNode``.
  case node(Int)
}

/// A part that may hold others, and that several parts may hold.
///
/// Nodes name each other by index and not by reference, so that a value that contains itself is only a circle of numbers.
struct PickleNode {
  enum Kind {
    case list
    case tuple
    case set
    case frozenSet
    /// The items are keys and values in turn.
    case map
    /// The index of a ``PickleObject``; the node's own items are its arguments and state, once it is settled.
    case object(Int)
  }

  var kind: Kind
  var items: [PickleItem] = []
}

/// A class, a function, or an object made by one, with what the pickle does to it.
struct PickleObject {
  /// The module and the qualified name.
  var name: String
  /// A tuple, or nil for the class or function itself.
  var arguments: PickleItem?
  /// What was done to it, in order.
  var changes: [PickleChange] = []

  var isBareName: Bool { arguments == nil && changes.isEmpty }
}

/// What an instruction does to an object.
struct PickleChange {
  enum Kind {
    /// One item, the state.
    case state
    /// Items that were appended or added.
    case items
    /// Keys and values in turn.
    case entries
  }

  var kind: Kind
  var items: [PickleItem]
}
