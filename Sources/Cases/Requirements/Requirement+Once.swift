extension [Requirement] {
  /// Each rule once, where it comes first.
  package var once: [Requirement] {
    var seen: Set<Requirement> = []
    return filter { seen.insert($0).inserted }
  }
}
