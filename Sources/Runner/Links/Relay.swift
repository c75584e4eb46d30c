import CPlatform
import Cases
import Endpoints
import Foundation
import WireFormats

/// One end of the tap: its descriptor toward one endpoint.
final class TapEnd {
  private(set) var descriptor: Descriptor?
  /// Whether it goes both ways, so that its directions end one by one.
  let isDuplex: Bool

  init(isDuplex: Bool) {
    self.isDuplex = isDuplex
    descriptor = nil
  }

  var number: Int32? { descriptor?.number }

  /// Connects the end; the descriptor does not block from now on.
  func attach(_ descriptor: consuming Descriptor) {
    _ = parley_set_nonblocking(descriptor.number, true)
    self.descriptor = Optional(descriptor)
  }

  func finishSending() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_WR)) } else { descriptor = nil }
  }

  func finishReceiving() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_RD)) } else { descriptor = nil }
  }
}

/// One direction of the tap: takes bytes from one endpoint, records them, and delivers them to the other as it is told to.
final class Relay {
  /// The side whose bytes these are.
  let sender: Side
  private let source: TapEnd
  private let sink: TapEnd
  private let keepsBounds: Bool
  private var queue: DeliveryQueue
  private(set) var comparison: WireComparison
  /// What the sender wrote, chunk by chunk, as a transcript tells it.
  private(set) var chunks: [String] = []
  private(set) var chunkCount = 0
  private(set) var deliveredCount = 0
  /// Whether the sender has ended the stream, or is gone; not whether the other side is.
  private(set) var senderHasEnded = false
  private var sinkHasEnded = false
  /// Whether the other side has gone away while there was something to deliver.
  private(set) var sinkIsGone = false
  private var isBlocked = false
  private var awaitsReading = false
  private var packets: [Int] = []
  private var scratch: [UInt8]

  /// The most that waits in the tap before it stops reading, in bytes.
  private static let largestBacklog = 1 << 20
  private static let keptChunks = 40

  init(
    sender: Side, from source: TapEnd, to sink: TapEnd, keepsBounds: Bool, delivery: Delivery,
    expecting frames: [ExpectedFrame]?
  ) {
    self.sender = sender
    self.source = source
    self.sink = sink
    self.keepsBounds = keepsBounds
    queue = DeliveryQueue(delivery)
    comparison = WireComparison(frames)
    scratch = Array(repeating: 0, count: 256 << 10)
  }

  /// Whether it waits for the peer to read, which no descriptor tells.
  var needsPolling: Bool { awaitsReading }

  /// What the relay is waited for.
  func appendInterests(to entries: inout [pollfd]) {
    if wantsInput, let number = source.number { entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0)) }
    if isBlocked, let number = sink.number { entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0)) }
  }

  /// Moves what can be moved without waiting.
  func pump() {
    take()
    deliver()
  }

  private var wantsInput: Bool { !senderHasEnded && !sinkIsGone && queue.backlog < Self.largestBacklog }

  private func take() {
    for _ in 0..<8 {
      guard wantsInput, let number = source.number else { return }
      let count = read(number, &scratch, scratch.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else {
        // A FIFO that nobody has opened yet also reads as ended; poll tells the two apart.
        if count == 0 && !source.isDuplex {
          let state = state(of: number)
          // A writer may have come, written and gone between the read and the question.
          if state.hasInput { continue }
          if !state.hasHungUp { return }
        }
        senderHasEnded = true
        queue.end()
        return
      }
      record(scratch[..<count])
      queue.append(scratch[..<count])
      if keepsBounds { packets.append(count) }
      if count < scratch.count && !keepsBounds { return }
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

  private func deliver() {
    isBlocked = false
    while !sinkHasEnded, let number = sink.number {
      if awaitsReading {
        guard parley_unread_count(number) <= 0 else { return }
        awaitsReading = false
      }
      switch queue.next {
      case .wait: return
      case .end:
        sink.finishSending()
        sinkHasEnded = true
      case .write(let piece, let thenWait):
        let whole = keepsBounds ? piece.prefix(packets.first ?? piece.count) : piece
        let count = whole.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count < 0 && errno == EAGAIN {
          isBlocked = true
          return
        }
        guard count >= 0 else { return giveUp() }
        deliveredCount += count
        queue.wrote(count)
        if keepsBounds && !packets.isEmpty { packets.removeFirst() }
        awaitsReading = thenWait && count == whole.count
      }
    }
  }

  /// Nobody reads any more: the sender must learn of it as it would without the tap.
  private func giveUp() {
    queue.abandon()
    sinkIsGone = true
    sinkHasEnded = true
    source.finishReceiving()
  }
}
