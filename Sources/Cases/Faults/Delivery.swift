/// What the tap does to a stream on its way.
package enum Delivery: Equatable, Sendable {
  /// Passes every chunk on as it comes.
  case immediate
  /// Single bytes, each after the one before was read.
  case bytewise
  /// Pieces that end at these offsets, each after the one before was read.
  case cut(at: [Int])
  /// Nothing until so many bytes have come, then all at once.
  case held(until: Int)
  /// Other bytes instead, once the first have come.
  case replaced(by: [UInt8])
  /// So many bytes, then the end of the stream.
  case truncated(after: Int)
}

/// Cuts a stream into the pieces that a delivery asks for.
///
/// A pure state machine: the relay does the I/O.
package struct DeliveryQueue: Sendable {
  /// What the relay is to do next.
  package enum Step: Equatable, Sendable {
    /// Write these bytes; if asked for, wait until the peer has read them before the next.
    case write(ArraySlice<UInt8>, thenWait: Bool)
    /// End the stream.
    case end
    /// There is nothing to do until more comes in.
    case wait
  }

  private let delivery: Delivery
  private var pending: [UInt8] = []
  private var start = 0
  private var received = 0
  private var delivered = 0
  private var isReplaced = false
  private var hasEnded = false

  package init(_ delivery: Delivery) { self.delivery = delivery }

  /// How many bytes wait to be delivered.
  package var backlog: Int { pending.count - start }

  /// Takes bytes from the source.
  package mutating func append(_ bytes: ArraySlice<UInt8>) {
    received += bytes.count
    switch delivery {
    case .replaced(let replacement):
      if !isReplaced { pending = replacement }
      isReplaced = true
    case .truncated(let limit):
      pending.append(contentsOf: bytes.prefix(max(0, limit - delivered - backlog)))
      hasEnded = hasEnded || delivered + backlog >= limit
    case .immediate, .bytewise, .cut, .held:
      pending.append(contentsOf: bytes)
    }
  }

  /// Takes the end of the source.
  package mutating func end() { hasEnded = true }

  /// What is to be done now.
  package var next: Step {
    guard backlog > 0 else { return hasEnded ? .end : .wait }
    switch delivery {
    case .immediate, .replaced, .truncated:
      return .write(pending[start...], thenWait: false)
    case .bytewise:
      return .write(pending[start..<(start + 1)], thenWait: true)
    case .cut(let offsets):
      guard let cut = offsets.first(where: { $0 > delivered }) else {
        return .write(pending[start...], thenWait: false)
      }
      let piece = pending[start..<min(pending.count, start + cut - delivered)]
      return .write(piece, thenWait: delivered + piece.count == cut)
    case .held(let total):
      return received < total && !hasEnded ? .wait : .write(pending[start...], thenWait: false)
    }
  }

  /// Notes that so many bytes of the last piece were written.
  package mutating func wrote(_ count: Int) {
    start += count
    delivered += count
    if start == pending.count {
      pending.removeAll(keepingCapacity: pending.capacity <= 1 << 20)
      start = 0
    }
  }

  /// Gives up what is left: nobody will read it.
  package mutating func abandon() {
    pending.removeAll()
    start = 0
    hasEnded = true
  }
}
