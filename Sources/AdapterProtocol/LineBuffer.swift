/// Splits incoming bytes into lines, for both sides of the protocol.
public struct LineBuffer: Sendable {
  private var storage: [UInt8] = []
  private var start = 0
  private var scanned = 0

  /// The number of consumed bytes at which they are removed, even if a partial line always follows.
  private static let movedAt = 1 << 20

  /// Creates an empty buffer.
  public init() {}

  /// The bytes after the last complete line.
  public var pending: ArraySlice<UInt8> { storage[start...] }

  /// Appends received bytes.
  public mutating func append(_ bytes: some Sequence<UInt8>) {
    if start == storage.count {
      storage.removeAll(keepingCapacity: storage.capacity <= 1 << 20)
      start = 0
      scanned = 0
    } else if start > Self.movedAt {
      storage.removeFirst(start)
      scanned -= start
      start = 0
    }
    storage.append(contentsOf: bytes)
  }

  /// Removes and returns the next complete line without its line feed; nil if there is none yet.
  public mutating func next() -> ArraySlice<UInt8>? {
    guard let end = storage[max(scanned, start)...].firstIndex(of: 0x0a) else {
      scanned = storage.count
      return nil
    }
    let line = storage[start..<end]
    start = end + 1
    scanned = start
    return line
  }

  /// Discards all buffered bytes.
  public mutating func discardPending() {
    storage.removeAll()
    start = 0
    scanned = 0
  }
}
