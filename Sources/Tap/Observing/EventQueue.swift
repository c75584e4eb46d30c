import Foundation
import Journal

/// Events on their way from the loop that relays to the thread that shows them.
///
/// The loop never waits for it. It is bounded: bytes that come faster than they are shown are counted instead of kept.
final class EventQueue: @unchecked Sendable {
  /// The most bytes that wait.
  static let most = 64 << 20
  /// With so many bytes waiting, messages are counted and no longer shown.
  static let many = 16 << 20

  /// How long events are gathered, in microseconds; nobody sees the delay.
  private static let gathering: UInt32 = 3000

  /// What has come since the last look.
  struct Batch {
    var events: [TapEvent] = []
    var byteCount = 0
  }

  private let condition = NSCondition()
  private var batch = Batch()
  private var isWaitedFor = false
  private var isClosed = false

  /// Adds an event.
  func add(_ event: TapEvent) {
    condition.lock()
    batch.events.append(event)
    wake()
  }

  /// Adds bytes, or their number if too many wait.
  func add(_ connection: Int, _ side: TapSide, _ time: TapTime, offset: Int, _ bytes: UnsafeRawBufferPointer) {
    // Copied before the lock: the other thread must not wait for it.
    let copy = [UInt8](bytes)
    condition.lock()
    if batch.byteCount + copy.count <= Self.most {
      batch.byteCount += copy.count + 64
      batch.events.append(.bytes(connection, side, time, offset: offset, copy))
    } else if case .unseen(connection, side, let since, let count)? = batch.events.last {
      batch.events[batch.events.count - 1] = .unseen(connection, side, since, count: count + copy.count)
    } else {
      batch.byteCount += 64
      batch.events.append(.unseen(connection, side, time, count: copy.count))
    }
    wake()
  }

  /// Says that nothing more comes.
  func close() {
    condition.lock()
    isClosed = true
    wake()
  }

  /// Whether so few bytes wait that there is time to show messages, and whether more can come.
  var standing: (isShort: Bool, isOpen: Bool) {
    condition.lock()
    defer { condition.unlock() }
    return (batch.byteCount < Self.many, !isClosed)
  }

  /// Takes everything that waits; waits for something.
  ///
  /// - Parameter end: until when to wait; nil for ever.
  /// - Returns: what there is, nothing at the end of the time; nil once it is closed and empty.
  func take(until end: Date?) -> Batch? {
    condition.lock()
    defer { condition.unlock() }
    let hasWaited = batch.events.isEmpty
    while batch.events.isEmpty && !isClosed {
      isWaitedFor = true
      defer { isWaitedFor = false }
      guard let end else {
        condition.wait()
        continue
      }
      guard condition.wait(until: end) else { break }
    }
    if batch.events.isEmpty && isClosed { return nil }
    if hasWaited && !isClosed {
      // The programs are talking right now and need the processor more: one look at many messages is enough.
      condition.unlock()
      usleep(Self.gathering)
      condition.lock()
    }
    defer { batch = Batch() }
    return batch
  }

  /// Unlocks, and wakes the other thread if it waits: a call of the system that is saved most of the time.
  private func wake() {
    let isWaitedFor = isWaitedFor
    self.isWaitedFor = false
    condition.unlock()
    if isWaitedFor { condition.signal() }
  }
}
