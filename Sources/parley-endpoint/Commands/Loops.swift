import Endpoints
import WireFormats

/// The optional verbs `echo` and `ping`: tight loops for benchmarks.
enum Loops {
  static let largestCount = 10_000_000

  static func echo(_ channel: any Channel, count: Int) throws(EndpointError) {
    var message: [UInt8] = []
    for _ in 0..<count {
      try receive(channel, into: &message)
      try channel.send(message.span)
    }
  }

  /// Runs the loop; returns its duration in nanoseconds.
  static func ping(_ channel: any Channel, count: Int, size: Int) throws(EndpointError) -> Int64 {
    let message = [UInt8](repeating: UInt8(ascii: "p"), count: size)
    var answer: [UInt8] = []
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<count {
      try channel.send(message.span)
      try receive(channel, into: &answer)
    }
    let elapsed = (clock.now - start).components
    return elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
  }

  private static func receive(_ channel: any Channel, into buffer: inout [UInt8]) throws(EndpointError) {
    guard try channel.receive(into: &buffer) else {
      throw EndpointError(.closed, "The stream ended in the loop: the peer is gone.")
    }
  }
}
