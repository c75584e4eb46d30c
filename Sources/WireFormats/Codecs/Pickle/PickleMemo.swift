/// The numbered parts that a pickle may use again.
///
/// Writers count upwards, so an array has them; a number far beyond goes to a dictionary and takes no memory for those before it.
struct PickleMemo {
  private var dense: [PickleItem] = []
  private var sparse: [UInt32: PickleItem] = [:]
  private(set) var count = 0

  /// An entry; absent if it was never set.
  subscript(index: Int) -> PickleItem {
    if index < dense.count { return dense[index] }
    return sparse.isEmpty ? .absent : sparse[UInt32(truncatingIfNeeded: index)] ?? .absent
  }

  /// Sets an entry, whose number has 32 bits at most.
  ///
  /// Each that is there pays for a few that may be skipped.
  mutating func set(_ index: Int, to item: PickleItem) {
    guard index < dense.count || index < 2 * count + 16 && sparse.isEmpty else {
      if sparse.updateValue(item, forKey: UInt32(truncatingIfNeeded: index)) == nil { count += 1 }
      return
    }
    while dense.count <= index { dense.append(.absent) }
    if dense[index] == .absent { count += 1 }
    dense[index] = item
  }
}
