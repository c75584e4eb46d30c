/// An array that grows in pieces, so that it takes no more than it holds and nothing is copied while it grows.
struct PickleChunks<Element> {
  private var chunks: [ContiguousArray<Element>] = []
  private(set) var count = 0

  private static var shift: Int { 12 }
  private static var size: Int { 1 << shift }

  mutating func append(_ element: Element) {
    if count & (Self.size - 1) == 0 {
      var chunk = ContiguousArray<Element>()
      // The first grows by itself: most messages are small.
      if count > 0 { chunk.reserveCapacity(Self.size) }
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  subscript(index: Int) -> Element {
    get { chunks[index >> Self.shift][index & (Self.size - 1)] }
    _modify { yield &chunks[index >> Self.shift][index & (Self.size - 1)] }
  }

  /// The bytes that the elements take.
  var memory: Int { count * MemoryLayout<Element>.stride }
}
