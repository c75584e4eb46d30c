/// The numbered parts that a pickle may use again.
///
/// Writers count upwards, so an array has them; a number far beyond goes to a dictionary and takes no memory for those before it.
struct PickleMemo {
  private var dense: [PickleItem?] = []
  private var sparse: [Int: PickleItem] = [:]
  private(set) var count = 0

  subscript(index: Int) -> PickleItem? {
    index < dense.count ? dense[index] : sparse.isEmpty ? nil : sparse[index]
  }

  /// Sets an entry.
  ///
  /// Each that is there pays for a few that may be skipped.
  mutating func set(_ index: Int, to item: PickleItem) {
    guard index < dense.count || index < 2 * count + 16 && sparse.isEmpty else {
      if sparse.updateValue(item, forKey: index) == nil { count += 1 }
      return
    }
    while dense.count <= index { dense.append(nil) }
    if dense[index] == nil { count += 1 }
    dense[index] = item
  }
}
