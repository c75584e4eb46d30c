/// What the tap saw, chunk by chunk, and where each chunk belongs among the lines of the conversation.
struct TapChunks {
  private(set) var lines: [String] = []
  private(set) var places: [Int] = []
  /// For each direction of the link, how many lines had been said before each of its chunks.
  private var current: [[Int]] = []

  /// Notes of the chunks that are new where they are among the lines.
  mutating func note(_ relays: [Relay], at line: Int) {
    for (index, relay) in relays.enumerated() {
      if index == current.count { current.append([]) }
      while current[index].count < relay.chunks.count { current[index].append(line) }
    }
  }

  /// Takes over the chunks of a link that is let go.
  mutating func endPhase(_ relays: [Relay], at line: Int) {
    for (index, relay) in relays.enumerated() {
      lines += relay.chunks
      places += current[index]
      if relay.chunkCount > relay.chunks.count {
        lines.append("… \(relay.chunkCount - relay.chunks.count) chunks left out …")
        places.append(line)
      }
    }
    current = []
  }
}
