/// Collects bytes and gives them back as lines, for either side of the protocol.
public struct LineBuffer: Sendable {
  private var storage: [UInt8] = []
  private var start = 0
  private var scanned = 0

  /// Lines that were taken are dropped once they make so many bytes, even if a partial line always follows.
  private static let movedAt = 1 << 20

  /// Makes an empty buffer.
  public init() {}

  /// The bytes that are not yet a line.
  public var pending: ArraySlice<UInt8> { storage[start...] }

  /// Adds bytes that have arrived.
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

  /// Takes the next whole line, without its line feed; nil while more bytes are needed.
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

  /// Forgets what has arrived and is not yet a line.
  public mutating func discardPending() {
    storage.removeAll()
    start = 0
    scanned = 0
  }
}
