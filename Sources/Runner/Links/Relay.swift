import CPlatform
import Cases
import Endpoints
import Foundation
import WireFormats

/// One direction of the tap: reads bytes from one endpoint, records them, and delivers them to the other.
final class Relay {
  /// The kind of data that a direction carries.
  enum Content {
    /// Bytes without message bounds.
    case stream
    /// Messages with their bounds; whether one may be empty.
    case packets(canBeEmpty: Bool)
  }

  /// The side that sends the bytes.
  let sender: Side
  private let source: TapEnd
  private let sink: TapEnd
  private let content: Content
  private var queue: DeliveryQueue
  private var packets = PacketQueue()
  private(set) var comparison: WireComparison
  /// The sender's chunks as lines of the transcript.
  private(set) var chunks: [String] = []
  private(set) var chunkCount = 0
  private(set) var deliveredCount = 0
  /// Whether the sender has ended the stream or is gone.
  private(set) var senderHasEnded = false
  private var sinkHasEnded = false
  /// Whether the receiver closed its end while there were bytes to deliver.
  private(set) var sinkIsGone = false
  private var isBlocked = false
  private var awaitsReading = false
  /// When a fault's pause ends.
  private(set) var wakeTime: Duration?
  /// Not filled with zeros: most cases are small, and touching all its pages costs more than their bytes.
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  /// The number of undelivered bytes at which the tap stops reading.
  private static let largestBacklog = 1 << 20
  private static let keptChunks = 40

  init(
    sender: Side, from source: TapEnd, to sink: TapEnd, content: Content = .stream, fault: (any Fault)? = nil,
    expecting frames: [ExpectedFrame]?
  ) {
    self.sender = sender
    self.source = source
    self.sink = sink
    self.content = content
    queue = DeliveryQueue(fault)
    comparison = WireComparison(frames)
  }

  deinit { scratch.deallocate() }

  /// Whether it waits for the peer to read, which no descriptor reports.
  var needsPolling: Bool { awaitsReading }

  /// Appends the descriptors and events to poll.
  func appendInterests(to entries: inout [pollfd]) {
    if wantsInput, let number = source.number { entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0)) }
    if isBlocked, let number = sink.number { entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0)) }
  }

  /// Reads and delivers what it can without blocking.
  func pump(at now: Duration) {
    take()
    deliver(at: now)
  }

  private var wantsInput: Bool {
    !senderHasEnded && !sinkIsGone && queue.backlog + packets.byteCount < Self.largestBacklog
  }

  private func take() {
    for _ in 0..<8 {
      guard wantsInput, let number = source.number else { return }
      let count = read(number, scratch.baseAddress, scratch.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      if count == 0, case .packets(canBeEmpty: true) = content {
        packets.append([])
        record([])
        continue
      }
      guard count > 0 else {
        // A FIFO without a writer yet also reads as end of stream; poll tells the two apart.
        if count == 0 && !source.isDuplex {
          let state = state(of: number)
          // A writer may have opened, written and closed between the read and the poll.
          if state.hasInput { continue }
          if !state.hasHungUp { return }
        }
        senderHasEnded = true
        queue.end()
        return
      }
      let bytes = [UInt8](scratch[..<count])
      record(bytes[...])
      if case .packets = content {
        packets.append(bytes)
      } else {
        queue.append(bytes[...])
        if count < scratch.count { return }
      }
    }
  }

  private func state(of number: Int32) -> (hasInput: Bool, hasHungUp: Bool) {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 0) > 0 else { return (false, false) }
    return (entry.revents & Int16(POLLIN) != 0, entry.revents & Int16(POLLHUP) != 0)
  }

  private func record(_ bytes: ArraySlice<UInt8>) {
    if chunkCount < Self.keptChunks {
      chunks.append("\(sender.rawValue) \(comparison.count) \(bytes.count) \(Hex.text(bytes.prefix(32)))")
    }
    chunkCount += 1
    comparison.append(bytes)
  }

  private func deliver(at now: Duration) {
    isBlocked = false
    wakeTime = nil
    while !sinkHasEnded, let number = sink.number {
      if awaitsReading {
        guard parley_unread_count(number) <= 0 else { return }
        awaitsReading = false
      }
      if let packet = packets.first {
        guard send(packet[...], to: number) else { return }
        packets.removeFirst()
        continue
      }
      switch queue.next(at: now) {
      case .wait: return
      case .pause(let until):
        wakeTime = until
        return
      case .end:
        sink.finishSending()
        sinkHasEnded = true
      case .reset:
        sink.breakOff()
        giveUp()
      case .write(let piece, let thenWait):
        let before = deliveredCount
        guard send(piece, to: number) else { return }
        queue.wrote(deliveredCount - before)
        awaitsReading = thenWait && deliveredCount - before == piece.count
      }
    }
  }

  /// Writes what the system accepts; returns false if it accepts nothing now, or the peer is gone.
  private func send(_ bytes: ArraySlice<UInt8>, to number: Int32) -> Bool {
    while true {
      let count = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        isBlocked = true
        return false
      }
      guard count >= 0 else {
        giveUp()
        return false
      }
      deliveredCount += count
      return true
    }
  }

  /// The receiver is gone; the sender must see the same error as without the tap.
  private func giveUp() {
    queue.abandon()
    packets = PacketQueue()
    sinkIsGone = true
    sinkHasEnded = true
    source.finishReceiving()
  }
}

/// Undelivered messages with their bounds.
private struct PacketQueue {
  private var packets: [[UInt8]] = []
  private(set) var byteCount = 0

  var first: [UInt8]? { packets.first }

  mutating func append(_ packet: [UInt8]) {
    packets.append(packet)
    byteCount += packet.count
  }

  mutating func removeFirst() { byteCount -= packets.removeFirst().count }
}
