import WireFormats

/// The objects in a ``SharedQueue`` and those who wait for their turn.
///
/// Whoever cannot be served at once gets a place at the end of a line, and is served there and then when its turn comes: the
/// object is handed over under the lock, so nobody can take it before the one who was waiting has woken up.
struct QueueState: Sendable {
  /// What somebody wants.
  enum Wish: Sendable {
    case put(Value)
    case get
    case join
  }

  /// What has come of it.
  enum Outcome: Sendable {
    /// It is done; with the object, if one was wanted.
    case done(Value)
    case closed
    case wait
  }

  /// Somebody's place in line.
  typealias Mark = Int

  private struct Place: Sendable {
    let wish: Wish
    let waiter: QueueWaiter
  }

  private let maximum: Int
  private var items = QueueLine<Value>()
  private var unfinished = 0
  private var isClosed = false
  /// Those who wait or have been served and do not know it yet, by their marks.
  private var places: [Mark: Place] = [:]
  private var served: [Mark: Value] = [:]
  private var nextMark = 0
  /// The marks in line; those who gave up stay in it and are passed over.
  private var getters = QueueLine<Mark>()
  private var putters = QueueLine<Mark>()
  private var joiners: [Mark] = []

  init(maximum: Int) { self.maximum = maximum }

  var count: Int { items.count }

  var waitingCount: Int { places.count - served.count }

  /// Does what is wanted if that is possible now, and nobody has waited longer.
  mutating func attempt(_ wish: Wish) -> Outcome {
    if isClosed { return .closed }
    dropLeavers()
    let outcome: Value?
    switch wish {
    case .put(let value): outcome = putters.first == nil && hasRoom ? put(value) : nil
    case .get: outcome = getters.first == nil ? items.popFirst() : nil
    case .join: outcome = unfinished == 0 ? .null : nil
    }
    guard let outcome else { return .wait }
    serve()
    return .done(outcome)
  }

  /// Takes a place at the end of the line; the turn may come at once.
  mutating func enqueue(_ wish: Wish, _ waiter: QueueWaiter) -> Mark {
    nextMark += 1
    places[nextMark] = Place(wish: wish, waiter: waiter)
    switch wish {
    case .put: putters.append(nextMark)
    case .get: getters.append(nextMark)
    case .join: joiners.append(nextMark)
    }
    if isClosed { waiter.signal() } else { serve() }
    return nextMark
  }

  /// Leaves the line, served or not.
  mutating func leave(_ mark: Mark) -> Outcome {
    places[mark] = nil
    if let result = served.removeValue(forKey: mark) { return .done(result) }
    joiners.removeAll { $0 == mark }
    return isClosed ? .closed : .wait
  }

  mutating func finishTask() -> Bool {
    guard unfinished > 0 else { return false }
    unfinished -= 1
    serve()
    return true
  }

  mutating func putBack(_ value: Value) {
    items.prepend(value)
    serve()
  }

  mutating func close() {
    isClosed = true
    for place in places.values { place.waiter.signal() }
  }

  private var hasRoom: Bool { maximum <= 0 || items.count < maximum }

  private mutating func put(_ value: Value) -> Value {
    items.append(value)
    unfinished += 1
    return .null
  }

  /// Serves everybody whose turn has come.
  private mutating func serve() {
    while true {
      dropLeavers()
      if let mark = getters.first, let value = items.popFirst() {
        _ = getters.popFirst()
        serve(mark, value)
      } else if hasRoom, let mark = putters.first, case .put(let value)? = places[mark]?.wish {
        _ = putters.popFirst()
        serve(mark, put(value))
      } else {
        break
      }
    }
    if unfinished == 0 {
      for mark in joiners { serve(mark, .null) }
      joiners = []
    }
  }

  private mutating func serve(_ mark: Mark, _ result: Value) {
    served[mark] = result
    places[mark]?.waiter.signal()
  }

  private mutating func dropLeavers() {
    while let mark = getters.first, places[mark] == nil { _ = getters.popFirst() }
    while let mark = putters.first, places[mark] == nil { _ = putters.popFirst() }
  }
}

/// A line: both ends are cheap to reach, however long it is.
struct QueueLine<Element: Sendable>: Sendable {
  private var storage: [Element?] = []
  private var head = 0

  var count: Int { storage.count - head }

  var first: Element? { head < storage.count ? storage[head] : nil }

  mutating func append(_ element: Element) { storage.append(element) }

  mutating func prepend(_ element: Element) {
    if head > 0 {
      head -= 1
      storage[head] = element
    } else {
      storage.insert(element, at: 0)
    }
  }

  mutating func popFirst() -> Element? {
    guard head < storage.count else { return nil }
    let element = storage[head]
    storage[head] = nil
    head += 1
    // Moving the rest costs no more than what was taken since the last time.
    if head >= 32, head * 2 >= storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }
}
