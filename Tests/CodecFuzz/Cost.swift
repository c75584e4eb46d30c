import AllocationCounter

/// What decoding one message took, and what it may take: a second for each MiB and at least one, and 16 bytes for each byte and 32 MiB.
struct Cost {
  var seconds = 0.0
  /// The bytes of the heap that were in use at a time, without those in use before; nil where they are not counted.
  var memory: Int?

  /// Measures what a function does.
  init(_ body: () -> Void) {
    allocation_counter_reset()
    let before = allocation_counter_in_use()
    let clock = ContinuousClock()
    let begin = clock.now
    body()
    seconds = (clock.now - begin) / .seconds(1)
    memory = before < 0 ? nil : allocation_counter_peak() - before
  }

  /// What is above its bound for a message of so many bytes; nil if nothing is.
  func excess(messageSize: Int) -> String? {
    let mostSeconds = max(1, Double(messageSize) / Double(1 << 20))
    if seconds > mostSeconds { return "it took \(seconds) s, and \(mostSeconds) s are its bound" }
    let mostMemory = 16 * messageSize + 32 << 20
    guard let memory, memory > mostMemory else { return nil }
    return "it took \(memory) bytes of memory, and \(mostMemory) are its bound"
  }
}
