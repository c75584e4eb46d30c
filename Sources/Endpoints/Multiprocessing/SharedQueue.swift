import Synchronization
public import WireFormats

/// A first-in, first-out queue that threads of this process share, and other processes through a ``ManagerServer``.
///
/// It is what `queue.Queue` is in Python.
///
/// ```swift
/// let queue = SharedQueue(maximum: 10)
/// try queue.put(["a", 1])
/// let object = try queue.get(until: .after(.seconds(1)))  // nil if there was none for a second
/// ```
public final class SharedQueue: Sendable {
  private struct State {
    var items = ItemLine()
    var getters: [QueueWaiter] = []
    var putters: [QueueWaiter] = []
    var joiners: [QueueWaiter] = []
    var unfinished = 0
    var isClosed = false

    /// Wakes as many as can now go on, one of a kind: each wakes the next in turn.
    mutating func wakeNext(maximum: Int) {
      if items.count > 0, !getters.isEmpty { getters.removeFirst().signal() }
      if maximum <= 0 || items.count < maximum, !putters.isEmpty { putters.removeFirst().signal() }
      if unfinished == 0 { wakeAll(\.joiners) }
    }

    mutating func wakeAll(_ line: WritableKeyPath<State, [QueueWaiter]>) {
      for waiter in self[keyPath: line] { waiter.signal() }
      self[keyPath: line] = []
    }
  }

  /// The largest number of objects in it; 0 for any.
  public let maximum: Int
  private let state = Mutex(State())

  /// Makes an empty queue.
  ///
  /// - Parameter maximum: the largest number of objects in it; 0 or less for any.
  public init(maximum: Int = 0) { self.maximum = maximum }

  /// How many objects are in it at the moment.
  public var count: Int { state.withLock { $0.items.count } }

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
  public func finishTask() -> Bool {
    state.withLock { state in
      guard state.unfinished > 0 else { return false }
      state.unfinished -= 1
      state.wakeNext(maximum: maximum)
      return true
    }
  }

  /// Waits until every object that was put in has been dealt with, as ``finishTask()`` says.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: false if it has not come to that.
  /// - Throws: ``EndpointError``: `closed` when the queue is closed.
  public func join(until deadline: Deadline? = nil) throws(EndpointError) -> Bool {
    try join(until: deadline, watching: nil)
  }

  /// Ends every wait at the queue, now and later, with an error of kind `closed`.
  public func close() {
    state.withLock { state in
      state.isClosed = true
      for line in [\State.getters, \State.putters, \State.joiners] { state.wakeAll(line) }
    }
  }

  func put(_ value: Value, until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Bool {
    let maximum = maximum
    return try attempt(\.putters, until: deadline, watching: client) { state in
      guard maximum <= 0 || state.items.count < maximum else { return nil }
      state.items.append(value)
      state.unfinished += 1
      return true
    } ?? false
  }

  func get(until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Value? {
    try attempt(\.getters, until: deadline, watching: client) { $0.items.popFirst() }
  }

  func join(until deadline: Deadline?, watching client: Int32?) throws(EndpointError) -> Bool {
    try attempt(\.joiners, until: deadline, watching: client) { $0.unfinished == 0 ? true : nil } ?? false
  }

  /// Gives an object back whose receiver has gone away: it is the next again.
  func putBack(_ value: Value) {
    state.withLock { state in
      state.items.prepend(value)
      state.wakeNext(maximum: maximum)
    }
  }

  /// Tries something, and again whenever somebody says that it may have become possible.
  private func attempt<Result: Sendable>(
    _ line: WritableKeyPath<State, [QueueWaiter]>, until deadline: Deadline?, watching client: Int32?,
    _ act: (inout State) -> Result?
  ) throws(EndpointError) -> Result? {
    var waiter: QueueWaiter?
    var wake = QueueWaiter.Wake.signalled
    while true {
      let mustEnd = wake != .signalled || deadline?.isOver ?? false
      let step = state.withLock { state -> Step<Result> in
        if let waiter { state[keyPath: line].removeAll { $0 === waiter } }
        if state.isClosed { return .closed }
        if wake != .ready, let result = act(&state) {
          state.wakeNext(maximum: maximum)
          return .done(result)
        }
        if mustEnd {
          // The signal that came too late for this one is meant for somebody.
          state.wakeNext(maximum: maximum)
          return .tooLate
        }
        if let waiter { state[keyPath: line].append(waiter) }
        return .wait
      }
      switch step {
      case .done(let result): return result
      case .closed: throw EndpointError(.closed, "The queue was closed.")
      case .tooLate where wake == .ready: throw EndpointError(.closed, "The client that waited is gone.")
      case .tooLate: return nil
      case .wait:
        if let waiter {
          wake = waiter.wait(until: deadline, watching: client.map { .hangUp($0) })
        } else {
          waiter = try QueueWaiter()
        }
      }
    }
  }
}

/// What one look at the queue has led to.
private enum Step<Result: Sendable>: Sendable {
  case done(Result)
  case tooLate
  case closed
  case wait
}

/// Objects in a line: both ends are cheap to reach, however long it is.
private struct ItemLine {
  private var storage: [Value?] = []
  private var head = 0

  var count: Int { storage.count - head }

  mutating func append(_ value: Value) { storage.append(value) }

  mutating func prepend(_ value: Value) {
    if head > 0 {
      head -= 1
      storage[head] = value
    } else {
      storage.insert(value, at: 0)
    }
  }

  mutating func popFirst() -> Value? {
    guard head < storage.count else { return nil }
    let value = storage[head]
    storage[head] = nil
    head += 1
    // Moving the rest costs no more than what was taken since the last time.
    if head >= 32, head * 2 >= storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return value
  }
}
