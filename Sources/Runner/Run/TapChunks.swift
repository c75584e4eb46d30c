/// The tapped chunks of a case, and the position of each among the lines of the conversation.
struct TapChunks {
  private(set) var lines: [String] = []
  private(set) var places: [Int] = []
  /// For each direction of the link, the number of lines before each of its chunks.
  private var current: [[Int]] = []

  /// Records the position of new chunks among the lines.
  mutating func note(_ relays: [Relay], at line: Int) {
    for (index, relay) in relays.enumerated() {
      if index == current.count { current.append([]) }
      while current[index].count < relay.chunks.count { current[index].append(line) }
    }
  }

  /// Adds the chunks of a link at the end of its phase.
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
