import BigInt
import Foundation
import Testing
import WireFormats

@testable import Endpoints

@Suite("Queues of this process")
struct SharedQueueTests {
  @Test("First in, first out, however long it gets")
  func inOrder() throws {
    let queue = SharedQueue()
    for round in 0..<3 {
      for number in 0..<200 { try queue.put(.int(BigInt(number))) }
      for number in 0..<(round == 2 ? 600 : 0) { #expect(try queue.get() == .int(BigInt(number % 200))) }
    }
    #expect(queue.count == 0)
  }

  @Test("Without an object there is none, at once or after a while")
  func empty() throws {
    let queue = SharedQueue()
    #expect(try queue.get(until: .after(.zero)) == nil)
    #expect(try queue.get(until: .after(.milliseconds(10))) == nil)
  }

  @Test("A full queue takes no more until there is room")
  func full() throws {
    let queue = SharedQueue(maximum: 1)
    #expect(try queue.put(1))
    #expect(queue.isFull)
    #expect(try !queue.put(2, until: .after(.milliseconds(10))))
    let putter = Background { try queue.put(3) }
    #expect(try queue.get() == 1)
    #expect(try putter.value())
    #expect(try queue.get() == 3)
  }

  @Test("Whoever waits is woken by closing, and whoever comes later is told", arguments: ["get", "put", "join"])
  func closing(wait: String) throws {
    let queue = SharedQueue(maximum: 1)
    if wait != "get" { try queue.put(1) }
    let waiters = (0..<3).map { _ in
      Background {
        kind {
          switch wait {
          case "get": _ = try queue.get()
          case "put": try queue.put(2)
          default: _ = try queue.join()
          }
        }
      }
    }
    queue.close()
    for waiter in waiters { #expect(try waiter.value() == .closed) }
    #expect(kind { _ = try queue.get() } == .closed)
  }

  @Test("Nobody who comes later overtakes one who waits")
  func order() throws {
    let queue = SharedQueue()
    for number in 0..<50 as Range<BigInt> {
      let waiter = Background { try queue.get() }
      while queue.waitingCount < 1 { sched_yield() }
      try queue.put(.int(number))
      // The waiter has hardly woken up.
      #expect(try queue.get(until: .after(.zero)) == nil)
      #expect(try waiter.value() == .int(number))
    }
  }

  @Test("Those who wait are served in the order in which they came")
  func fairness() throws {
    let queue = SharedQueue(maximum: 1)
    var getters: [Background<Value?>] = []
    for count in 1...5 {
      getters.append(Background { try queue.get() })
      while queue.waitingCount < count { sched_yield() }
    }
    for number in 0..<5 as Range<BigInt> { try queue.put(.int(number)) }
    for (number, getter) in getters.enumerated() { #expect(try getter.value() == .int(BigInt(number))) }

    try queue.put("first")
    var putters: [Background<Bool>] = []
    for count in 1...5 {
      putters.append(Background { try queue.put(.int(BigInt(count))) })
      while queue.waitingCount < count { sched_yield() }
    }
    #expect(try !queue.put("late", until: .after(.zero)))
    #expect(try queue.get() == "first")
    for count in 1...5 as ClosedRange<BigInt> { #expect(try queue.get() == .int(count)) }
    for putter in putters { #expect(try putter.value()) }
  }

  @Test("One who gives up is passed over, and what came for it goes to the next")
  func leaving() throws {
    let queue = SharedQueue()
    let hasty = Background { try queue.get(until: .after(.milliseconds(20))) }
    while queue.waitingCount < 1 { sched_yield() }
    let patient = Background { try queue.get() }
    #expect(try hasty.value() == nil)
    try queue.put(1)
    #expect(try patient.value() == 1)
  }

  @Test("Joining waits for every object to be dealt with")
  func joining() throws {
    let queue = SharedQueue()
    #expect(try queue.join())
    #expect(!queue.finishTask())
    try queue.put(1)
    try queue.put(2)
    #expect(try !queue.join(until: .after(.milliseconds(10))))
    let waiter = Background { try queue.join() }
    #expect(queue.finishTask())
    #expect(queue.finishTask())
    #expect(try waiter.value())
  }

  @Test("Many putters and getters with little room lose nothing and hang nobody")
  func crowd() throws {
    let queue = SharedQueue(maximum: 2)
    let putters = (0..<4).map { putter in
      Background { for number in 0..<500 { try queue.put(.int(BigInt(putter * 1000 + number))) } }
    }
    let getters = (0..<4).map { getter in
      Background {
        var all: [Value] = []
        // Some have little patience, and must not take a signal with them that is meant for another.
        while all.count < 500 {
          let deadline: Deadline? = getter.isMultiple(of: 2) ? nil : .after(.microseconds(200))
          if let value = try queue.get(until: deadline) { all.append(value) }
        }
        return all
      }
    }
    for putter in putters { try putter.value() }
    let all = try getters.flatMap { try $0.value() }
    #expect(all.count == 2000)
    #expect(Set(all.map(\.tokens)).count == 2000)
  }
}
