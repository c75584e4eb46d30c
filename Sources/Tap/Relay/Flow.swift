import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// One direction of a tapped connection: what one program sends, read and written at once.
///
/// Only what the receiver does not take now is kept, and then nothing more is read: the sender feels the receiver's pace.
final class Flow {
  let sender: TapSide
  private let source: ProgramEnd
  private let sink: ProgramEnd
  private let connection: Int
  private let observer: any TapObserver
  /// With a fault, the bytes that wait for it.
  private var queue: DeliveryQueue?
  /// Bytes that the receiver has not taken, a packet or a part of the stream.
  private var pending: [UInt8] = []
  private var pendingStart = 0
  /// Whether ``pending`` is a packet, which may be empty.
  private var hasPacket = false
  /// Descriptors that go with the next byte.
  private var descriptors: [Int32] = []
  private var offset = 0
  /// Whether the sender sends no more.
  private(set) var hasEnded = false
  /// Whether the receiver has been told the end, or is gone.
  private(set) var isOver = false
  /// Whether the receiver takes no more.
  private(set) var isRefused = false
  /// Whether the connection must be broken off.
  private(set) var isBroken = false
  private(set) var isBlocked = false
  private var awaitsReading = false
  private(set) var wakeTime: Duration?

  /// How many bytes a fault may hold back before the tap stops reading.
  private static let largestBacklog = 1 << 20

  init(
    from sender: TapSide, of connection: Int, _ source: ProgramEnd, to sink: ProgramEnd, fault: (any Fault)?,
    observer: any TapObserver
  ) {
    (self.sender, self.connection, self.source, self.sink, self.observer) = (sender, connection, source, sink, observer)
    queue = fault.map { DeliveryQueue($0) }
    // A FIFO has one direction only.
    isOver = source.readNumber == nil || sink.writeNumber == nil
  }

  deinit { for number in descriptors { close(number) } }

  /// Whether it waits for the receiver to read, which no descriptor reports.
  var needsPolling: Bool { awaitsReading && !isOver }

  /// Whether more may be read.
  var wantsInput: Bool {
    guard !hasEnded, !isRefused, !isOver else { return false }
    if let queue { return queue.backlog < Self.largestBacklog && !isBlocked && descriptors.isEmpty }
    return isDrained
  }

  /// Whether nothing waits for the receiver, but for what a fault holds back.
  private var isDrained: Bool { pendingStart == pending.count && !hasPacket }

  /// Reads what is there and writes it at once.
  ///
  /// - Returns: false if there was nothing.
  @discardableResult
  func take(_ scratch: UnsafeMutableRawBufferPointer, at now: Duration) -> Bool {
    guard wantsInput, let number = source.readNumber else { return false }
    let count: Int
    var room = scratch
    var large: UnsafeMutableRawBufferPointer?
    defer { large?.deallocate() }
    var isCut = false
    switch source.form {
    case .packets:
      // A buffer that is too short would lose the rest in silence.
      let size = parley_peek_packet_size(number, false)
      if size > scratch.count {
        large = .allocate(byteCount: size, alignment: 16)
        room = large ?? scratch
      }
      count = size < 0 ? size : receive(number, room, &isCut)
    case .unixSocket: count = receive(number, room, &isCut)
    case .tcp, .pipes: count = read(number, room.baseAddress, room.count)
    }
    if isCut {
      observer.note(
        .failed(
          connection, observer.time,
          reason:
            "The \(sender.rawValue) sent more descriptors at once than the tap could take (ulimit -n); the connection is broken off."
        ))
      isBroken = true
      return true
    }
    guard count >= 0 else {
      if errno == EAGAIN || errno == EINTR { return false }
      // A terminal that is gone reads as EIO.
      end(isReset: errno != EIO)
      return true
    }
    if count == 0 {
      switch source.form {
      case .packets(hasEnd: false): break
      default:
        end(isReset: false)
        return true
      }
    }
    let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
    deliver(bytes, at: now)
    // The bytes are on their way: now there is time to tell of them.
    observer.bytes(connection, sender, offset: offset, bytes)
    offset += count
    return true
  }

  /// Writes what waits, if the receiver takes it.
  func flush(at now: Duration) {
    isBlocked = false
    if !isDrained { writePending() }
    guard isDrained else { return }
    if queue != nil { runQueue(at: now) } else if hasEnded && !isBroken { finish() }
  }

  /// The receiver takes no more; the sender must learn of it.
  func refuse() {
    guard !isRefused else { return }
    isRefused = true
    isOver = true
    drop()
    queue?.abandon()
    source.finishReceiving()
  }

  private func drop() {
    pending = []
    pendingStart = 0
    hasPacket = false
    for number in descriptors { close(number) }
    descriptors = []
    isBlocked = false
  }

  private func receive(_ number: Int32, _ room: UnsafeMutableRawBufferPointer, _ isCut: inout Bool) -> Int {
    var count: Int32 = 0
    let size = withUnsafeTemporaryAllocation(of: Int32.self, capacity: Int(PARLEY_MOST_DESCRIPTORS)) { found in
      let size = parley_receive(number, room.baseAddress, room.count, found.baseAddress, &count, &isCut)
      if size >= 0, count > 0 { descriptors += found[..<Int(count)] }
      return size
    }
    if count > 0, size >= 0 {
      observer.note(.descriptors(connection, sender, observer.time, count: Int(count)))
      if case .unixSocket = sink.form { return size }
      if case .packets = sink.form { return size }
      observer.note(
        .failed(
          connection, observer.time,
          reason:
            "The \(sender.rawValue) sent \(count) open descriptors, and the other side is no Unix socket: the connection is broken off."
        ))
      isBroken = true
    }
    return size
  }

  private func end(isReset: Bool) {
    hasEnded = true
    observer.note(isReset ? .reset(connection, sender, observer.time) : .ended(connection, sender, observer.time))
    if isReset { isBroken = true }
    queue?.end()
  }

  private func deliver(_ bytes: UnsafeRawBufferPointer, at now: Duration) {
    if queue != nil {
      queue?.append(ArraySlice(bytes))
      runQueue(at: now)
      return
    }
    let count = write(bytes)
    guard !isOver else { return }
    switch source.form {
    case .packets:
      guard count < 0 else { return }
      pending = Array(bytes)
      hasPacket = true
    default:
      guard count < bytes.count else { return }
      pending = [UInt8](UnsafeRawBufferPointer(rebasing: bytes[max(0, count)...]))
    }
    pendingStart = 0
    isBlocked = true
  }

  private func writePending() {
    let rest = pending[pendingStart...]
    let count = rest.withUnsafeBytes { write($0) }
    guard !isOver, count >= 0 else { return }
    pendingStart += count
    guard pendingStart == pending.count else {
      isBlocked = true
      return
    }
    pending = []
    pendingStart = 0
    hasPacket = false
  }

  private func runQueue(at now: Duration) {
    wakeTime = nil
    while !isOver, !isBlocked {
      if awaitsReading, let number = sink.writeNumber {
        guard parley_unread_count(number) <= 0 else { return }
        awaitsReading = false
      }
      switch queue?.next(at: now) ?? .wait {
      case .wait: return
      case .pause(let until):
        wakeTime = until
        return
      case .end: return finish()
      case .reset:
        isBroken = true
        return
      case .write(let piece, let thenWait):
        let count = piece.withUnsafeBytes { write($0) }
        guard count > 0 else { return }
        queue?.wrote(count)
        awaitsReading = thenWait && count == piece.count
      }
    }
  }

  private func finish() {
    guard !isOver else { return }
    isOver = true
    sink.finishSending()
  }

  /// Writes what the system takes.
  ///
  /// - Returns: how many bytes that is; -1 if none, as ``isBlocked`` or ``isOver`` says.
  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let number = sink.writeNumber else {
      refuse()
      return -1
    }
    while true {
      let count: Int
      switch sink.form {
      case .pipes: count = Foundation.write(number, bytes.baseAddress, bytes.count)
      default:
        count = descriptors.withUnsafeBufferPointer {
          parley_send(number, bytes.baseAddress, bytes.count, $0.baseAddress, Int32($0.count))
        }
      }
      if count >= 0 {
        for number in descriptors { close(number) }
        descriptors.removeAll()
        return count
      }
      switch errno {
      case EINTR: continue
      case EAGAIN, ENOBUFS: isBlocked = true
      case EMSGSIZE:
        observer.note(
          .failed(
            connection, observer.time,
            reason:
              "A packet of \(bytes.count) bytes is larger than the tap may send (net.core.wmem_max); the connection is broken off."
          ))
        isBroken = true
        refuse()
      default: refuse()
      }
      return -1
    }
  }
}
