import AdapterProtocol
import Endpoints
import WireFormats

/// One end of a queue of Python's `multiprocessing`, in a spawn or forkserver context.
final class SpawnQueueChannel: Channel {
  /// The keys of `open` that only this transport has.
  static let options = ["lock", "slots"]

  private var queue: SpawnQueue

  init(_ address: String, isWriter: Bool, limit: Int, _ arguments: Arguments) throws(EndpointError) {
    let lock = try arguments.text("lock")
    let slots = arguments.command.text("slots")
    switch (Int32(address), isWriter) {
    case (let number?, true):
      queue = try SpawnQueue(writing: .inherited(number), lock: lock, slots: slots, limit: limit)
    case (let number?, false):
      queue = try SpawnQueue(reading: .inherited(number), lock: lock, slots: slots, limit: limit)
    case (nil, true): queue = try SpawnQueue(writing: address, lock: lock, slots: slots, limit: limit)
    case (nil, false): queue = try SpawnQueue(reading: address, lock: lock, slots: slots, limit: limit)
    }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try queue.put(message) }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    if let message = try queue.get() { body(message.span) }
  }
}
