/// What stands for a key of a map or a member of a set when equal ones are looked for.
///
/// It is two keyed hashes of 64 bits each. Keys that differ do not meet: nobody outside the process knows its hash key, and by chance
/// it takes as many as 2^64. So a key takes 16 bytes here, however long it is.
struct ContentIdentity: Hashable, Comparable {
  private let first: Int
  private let second: Int

  /// The identity of what is fed to a hasher.
  init(_ feed: (inout Hasher) -> Void) {
    var hashers = (Hasher(), Hasher())
    // The two differ from their first byte on.
    hashers.1.combine(UInt8(1))
    feed(&hashers.0)
    feed(&hashers.1)
    (first, second) = (hashers.0.finalize(), hashers.1.finalize())
  }

  /// The identity of bytes.
  init(_ bytes: some Sequence<UInt8>) {
    let content = Array(bytes)
    self.init { hasher in content.withUnsafeBytes { hasher.combine(bytes: $0) } }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(first) }

  static func < (left: ContentIdentity, right: ContentIdentity) -> Bool {
    (left.first, left.second) < (right.first, right.second)
  }

  /// The most bytes that a set takes for each of its identities: one place in two may be empty, and a little more.
  static let setMemory = 48
  /// The most bytes that a dictionary takes for each of its identities, with an index or another identity beside it.
  static let dictionaryMemory = 80
}
