import Synchronization
public import WireFormats

/// A first-in, first-out queue that threads of this process share, and other processes through a ``ManagerServer``.
///
/// It is what `queue.Queue` is in Python, but fair: those who wait are served in the order in which they came, and nobody who
/// comes later overtakes them.
///
/// ```swift
/// let queue = SharedQueue(maximum: 10)
/// try queue.put(["a", 1])
/// let object = try queue.get(until: .after(.seconds(1)))  // nil if there was none for a second
/// ```
public final class SharedQueue: Sendable {
  /// The largest number of objects in it; 0 for any.
  public let maximum: Int
  private let state: Mutex<QueueState>

  /// Makes an empty queue.
  ///
  /// - Parameter maximum: the largest number of objects in it; 0 or less for any.
  public init(maximum: Int = 0) {
    self.maximum = maximum
    state = Mutex(QueueState(maximum: maximum))
  }

  /// How many objects are in it at the moment.
  public var count: Int { state.withLock { $0.count } }

  /// How many threads wait at it at the moment.
  var waitingCount: Int { state.withLock { $0.waitingCount } }

  /// Whether it holds as many objects as it may.
  public var isFull: Bool { maximum > 0 && count >= maximum }

  /// Puts an object in, waiting while the queue is full.
  ///
  /// - Parameters:
  ///   - value: the object.
  ///   - deadline: until when to wait; for ever without one.
  /// - Returns: false if the queue was full all the time.
  /// - Throws: ``EndpointError``: `closed` when the queue is closed.
  @discardableResult
  public func put(_ value: Value, until deadline: Deadline? = nil) throws(EndpointError) -> Bool {
    try put(value, until: deadline, watching: nil)
  }

  /// Takes the oldest object out, waiting while there is none.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the object, or nil if there was none all the time.
  /// - Throws: ``EndpointError``: `closed` when the queue is closed.
  public func get(until deadline: Deadline? = nil) throws(EndpointError) -> Value? {
    try get(until: deadline, watching: nil)
  }

  /// Says that an object that was taken out has been dealt with.
  ///
  /// - Returns: false if that has been said of every object already.
  public func finishTask() -> Bool { state.withLock { $0.finishTask() } }

  /// Waits until every object that was put in has been dealt with, as ``finishTask()`` says.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: false if it has not come to that.
  /// - Throws: ``EndpointError``: `closed` when the queue is closed.
  public func join(until deadline: Deadline? = nil) throws(EndpointError) -> Bool {
    try join(until: deadline, watching: nil)
  }

  /// Ends every wait at the queue, now and later, with an error of kind `closed`.
  public func close() { state.withLock { $0.close() } }

  func put(_ value: Value, until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Bool {
    try attempt(.put(value), until: deadline, watching: client) != nil
  }

  func get(until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Value? {
    try attempt(.get, until: deadline, watching: client)
  }

  func join(until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Bool {
    try attempt(.join, until: deadline, watching: client) != nil
  }

  /// Gives an object back whose receiver has gone away: it is the next again.
  func putBack(_ value: Value) { state.withLock { $0.putBack(value) } }

  /// Does something at once, or in its turn.
  ///
  /// - Returns: what came of it; nil if its turn did not come in time.
  private func attempt(
    _ wish: QueueState.Wish, until deadline: Deadline?, watching client: Int32?
  ) throws(EndpointError) -> Value? {
    switch state.withLock({ $0.attempt(wish) }) {
    case .done(let result): return result
    case .closed: throw Self.closed
    case .wait: break
    }
    if deadline?.isOver ?? false { return nil }
    let waiter = try QueueWaiter()
    let mark = state.withLock { $0.enqueue(wish, waiter) }
    let wake = waiter.wait(until: deadline, watching: client.map { .hangUp($0) })
    // The turn may have come in the very moment in which the wait ended otherwise.
    switch state.withLock({ $0.leave(mark) }) {
    case .done(let result) where wake == .ready:
      if case .get = wish { putBack(result) }
      throw Self.clientGone
    case .done(let result): return result
    case .closed: throw Self.closed
    case .wait where wake == .ready: throw Self.clientGone
    case .wait: return nil
    }
  }

  private static var closed: EndpointError { EndpointError(.closed, "The queue was closed.") }
  private static var clientGone: EndpointError { EndpointError(.closed, "The client that waited is gone.") }
}
