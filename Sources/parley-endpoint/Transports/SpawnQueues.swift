import Endpoints
import WireFormats

/// Queues of Python's `multiprocessing`, in a spawn or forkserver context.
struct SpawnQueues: ChannelOpener {
  static let options = ["lock", "slots"]

  private let lock: String
  private let slots: String?

  init(_ arguments: Arguments) throws(EndpointError) {
    lock = try arguments.text("lock")
    slots = try arguments.optionalText("slots")
  }

  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let limit = opening.limit
    guard opening.descriptorNumber != nil || !opening.address.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw EndpointError(.usage, "\(opening.address) is not a descriptor's number; use the one that the parent told.")
    }
    let queue =
      switch (opening.descriptorNumber, opening.role.isReceiver) {
      case (let number?, true):
        try SpawnQueue(reading: .inherited(number), lock: lock, slots: slots, limit: limit)
      case (let number?, false):
        try SpawnQueue(writing: .inherited(number), lock: lock, slots: slots, limit: limit)
      case (nil, true): try SpawnQueue(reading: opening.path(), lock: lock, slots: slots, limit: limit)
      case (nil, false): try SpawnQueue(writing: opening.path(), lock: lock, slots: slots, limit: limit)
      }
    return SpawnQueueChannel(queue, opening.direction)
  }
}

/// One end of such a queue.
final class SpawnQueueChannel: Channel {
  let direction: Direction
  private var queue: SpawnQueue

  init(_ queue: consuming SpawnQueue, _ direction: Direction) {
    self.queue = queue
    self.direction = direction
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try queue.put(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    if let message = try queue.get(waiting: deadline?.remaining) { body(message.span) }
  }
}
