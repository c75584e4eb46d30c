import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("A named semaphore")
struct NamedSemaphoreTests {
  private let memory = MemoryName()
  private var name: String { memory.name }

  @Test("It is taken as often as its value says, and then not in time")
  func counts() throws {
    let semaphore = try NamedSemaphore(creating: name, value: 2)
    let same = try NamedSemaphore(opening: name)
    try semaphore.wait()
    try same.wait(atMost: .zero)
    #expect(kind { try semaphore.wait(atMost: .zero) } == .timeout)
    #expect(kind { try same.wait(atMost: .milliseconds(20)) } == .timeout)
    #expect(kind { try same.wait(atMost: .seconds(-1)) } == .timeout)
    try same.post()
    try semaphore.wait(atMost: .zero)
  }

  @Test("Whoever waits is woken by the one who gives it back")
  func woken() throws {
    let semaphore = try NamedSemaphore(creating: name, value: 0)
    let waiting = Background { [name] in try NamedSemaphore(opening: name).wait(atMost: .seconds(60)) }
    try semaphore.post()
    try waiting.value()
    #expect(kind { try semaphore.wait(atMost: .zero) } == .timeout)
  }

  @Test("It is given back after what is done under it, also after an error")
  func given() throws {
    let semaphore = try NamedSemaphore(creating: name, value: 1)
    let five = try semaphore.withLock { () throws(EndpointError) in 5 }
    #expect(five == 5)
    let failing = { () throws(EndpointError) -> Void in throw EndpointError(.closed, "so") }
    #expect(kind { try semaphore.withLock(failing) } == .closed)
    try semaphore.wait(atMost: .zero)
    #expect(kind { try semaphore.withLock(atMost: .zero, failing) } == .timeout)
  }

  @Test("What is not there is missing, and what is there exists")
  func names() throws {
    #expect(kind { _ = try NamedSemaphore(opening: name) } == .missing)
    #expect(kind { try NamedSemaphore.unlink(name) } == .missing)
    let semaphore = try NamedSemaphore(creating: name, value: 1)
    #expect(kind { _ = try NamedSemaphore(creating: name, value: 1) } == .exists)
    try NamedSemaphore.unlink(name)
    #expect(kind { _ = try NamedSemaphore(opening: name) } == .missing)
    try semaphore.wait(atMost: .zero)
  }

  @Test("A file that is too short for a semaphore is malformed, and ends nobody")
  func tooShort() throws {
    try Data([1, 0, 0, 0]).write(to: URL(fileURLWithPath: "/dev/shm/sem.\(memory.word)"))
    #expect(kind { _ = try NamedSemaphore(opening: name) } == .malformed)
  }
}
#endif
