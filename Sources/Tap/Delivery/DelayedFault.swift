import Cases
import WireFormats

/// A fault that begins later in the stream, and counts from there.
struct DelayedFault: Fault {
  static let name = "delayed"
  static let summary = "delivers all bytes up to a byte or message, and then does what another fault does"

  private var fault: any Fault
  /// Where it begins, in bytes; nil while the message has not come.
  private var start: Int?
  private var counter: (walker: FrameWalker, before: Int)? = nil

  /// - Parameters:
  ///   - fault: the fault, which counts from the start.
  ///   - start: the number of bytes before it.
  init(_ fault: any Fault, from start: Int) {
    (self.fault, self.start) = (fault, start)
  }

  /// - Parameters:
  ///   - fault: the fault, which counts from the start of the message's frame.
  ///   - number: which message, 2 or more.
  ///   - framing: what tells messages apart.
  init(_ fault: any Fault, fromMessage number: Int, in framing: Framing) {
    self.fault = fault
    start = nil
    counter = (FrameWalker(framing), number - 1)
  }

  var endsByReset: Bool { fault.endsByReset }

  mutating func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    let first = position.received - bytes.count
    count(bytes)
    guard let start, position.received > start else { return bytes }
    let calm = bytes.prefix(max(0, start - first))
    let rest = bytes[calm.endIndex...]
    var shifted = self.shifted(position)
    // The calm bytes wait as well, but not for the fault.
    shifted.waiting = max(0, position.waiting - max(0, start - position.delivered))
    let admitted = fault.admit(rest, at: shifted)
    return calm.isEmpty ? admitted : calm + admitted
  }

  mutating func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    guard let start, position.received > start else { return .deliver(pending.count) }
    guard position.delivered >= start else { return .deliver(min(pending.count, start - position.delivered)) }
    return fault.action(on: pending, at: shifted(position))
  }

  func ends(at position: StreamPosition) -> Bool {
    guard let start, position.received >= start else { return false }
    return fault.ends(at: shifted(position))
  }

  /// The progress as the fault sees it.
  private func shifted(_ position: StreamPosition) -> StreamPosition {
    let start = start ?? 0
    var shifted = position
    shifted.received = max(0, position.received - start)
    shifted.delivered = max(0, position.delivered - start)
    shifted.waiting = max(0, position.waiting - max(0, start - position.delivered))
    return shifted
  }

  private mutating func count(_ bytes: ArraySlice<UInt8>) {
    guard start == nil, var counter else { return }
    // One owner while it works, or its buffers are copied.
    self.counter = nil
    var (found, before): (Int?, Int) = (nil, counter.before)
    let framing = counter.walker.framing
    counter.walker.append(bytes) { frame in
      before -= 1
      if before == 0 { found = frame.offset + frame.prefix + frame.length + framing.suffix.count }
    }
    counter.before = before
    start = found
    self.counter = found == nil ? counter : nil
  }
}
