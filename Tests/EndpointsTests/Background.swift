import Dispatch
import Endpoints
import Foundation
import Synchronization

/// Blocking work on a thread of its own: the other end of a conversation.
final class Background<Value: Sendable>: Sendable {
  private let outcome = Mutex<Result<Value, any Error>?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () throws -> Value) {
    Thread.detachNewThread { [self] in
      let result = Result { try body() }
      outcome.withLock { $0 = result }
      ended.signal()
    }
  }

  /// Gives a descriptor to the work.
  convenience init(
    _ descriptor: consuming Descriptor, _ body: @escaping @Sendable (consuming Descriptor) throws -> Value
  ) {
    let number = descriptor.release()
    self.init { try body(Descriptor(owning: number)) }
  }

  /// Waits for the end of the work.
  func value() throws -> Value {
    ended.wait()
    defer { ended.signal() }
    guard let result = outcome.withLock({ $0 }) else { throw CancellationError() }
    return try result.get()
  }
}
