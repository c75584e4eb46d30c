import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("A queue of Python's spawn context")
struct PythonQueueTests {
  /// A queue, and the script whose it is.
  private struct Shared {
    let script: PeerScript
    let reader: String
    let writer: String
    let locks: [String]

    init(_ python: PeerPython, _ kind: String, size: Int = 0, method: String = "spawn") throws {
      script = try PeerScript(python, "queue_end", method, kind, "\(size)")
      let words = try script.hear().split(separator: " ").map(String.init)
      try #require(words.count >= 5)
      (reader, writer) = ("/proc/\(words[0])/fd/\(words[1])", "/proc/\(words[0])/fd/\(words[2])")
      locks = Array(words[3...])
    }

    var slots: String? { locks.count > 2 ? locks[2] : nil }

    func writing() throws -> SpawnQueue { try SpawnQueue(writing: writer, lock: locks[1], slots: slots) }
    func reading(limit: Int = 1 << 20) throws -> SpawnQueue {
      try SpawnQueue(reading: reader, lock: locks[0], slots: slots, limit: limit)
    }
  }

  static let kinds = ["Queue", "SimpleQueue"]

  /// A pickle of a small number, protocol 2, without a frame.
  private static func pickle(_ number: UInt16) -> [UInt8] {
    [0x80, 2, 0x4d, UInt8(number & 0xff), UInt8(number >> 8), 0x2e]
  }

  @Test("Put here, got by Python", arguments: PeerPython.all, kinds)
  func put(python: PeerPython, kind: String) throws {
    let shared = try Shared(python, kind)
    var queue = try shared.writing()
    for number in [1, 500, 65_535] as [UInt16] {
      let message = Self.pickle(number)
      try queue.put(message)
      #expect(try shared.script.ask("get") == "int:\(number)")
    }
    #expect(try shared.script.end() == 0)
  }

  @Test("Put by Python, got here", arguments: PeerPython.all, kinds)
  func get(python: PeerPython, kind: String) throws {
    let shared = try Shared(python, kind)
    var queue = try shared.reading()
    #expect(try shared.script.ask("put None") == "ok")
    #expect(try queue.get() == (python.minor < 8 ? [0x80, 3, 0x4e, 0x2e] : [0x80, 4, 0x4e, 0x2e]))
    let long = String(repeating: "x", count: 20_000)
    #expect(try shared.script.ask("put '\(long)'") == "ok")
    let message = try #require(try queue.get())
    #expect(String(decoding: message, as: UTF8.self).contains(long))
    #expect(kind == "SimpleQueue" ? true : try shared.script.ask("size") == "0")
    #expect(try shared.script.end() == 0)
  }

  @Test(
    "Both sides write and both read a thousand: all arrive once, and the count of slots is right",
    arguments: PeerPython.all, kinds)
  func crowd(python: PeerPython, kind: String) throws {
    let shared = try Shared(python, kind)
    try shared.script.tell("fill 1000")
    let writing = Background { [writer = shared.writer, locks = shared.locks, slots = shared.slots] in
      var queue = try SpawnQueue(writing: writer, lock: locks[1], slots: slots)
      for number in 1000..<2000 {
        let message = Self.pickle(UInt16(number))
        try queue.put(message, atMost: .seconds(60))
      }
    }
    let reading = Background { [reader = shared.reader, locks = shared.locks, slots = shared.slots] in
      var queue = try SpawnQueue(reading: reader, lock: locks[0], slots: slots)
      var numbers: [Int] = []
      for _ in 0..<1000 {
        let message = try #require(try queue.get(waiting: .seconds(60), atMost: .seconds(60)))
        numbers.append(try #require(Self.number(in: message)))
      }
      return numbers
    }
    #expect(try shared.script.hear() == "ok")
    try writing.value()
    let here = try reading.value()
    let there = try shared.script.ask("drain 1000").split(separator: " ").compactMap { Int($0) }
    #expect((here + there).sorted() == Array(0..<2000))
    if kind == "Queue" { #expect(try shared.script.ask("size") == "0") }
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(try shared.script.ask("is_free writer") == "True")
    #expect(try shared.script.end() == 0)
  }

  /// A small number out of a pickle of any protocol: BININT1 or BININT2 before the end.
  private static func number(in message: [UInt8]) -> Int? {
    let end = message.suffix(4)
    guard end.count == 4, message.last == 0x2e else { return nil }
    let bytes = Array(end)
    return bytes[0] == 0x4d ? Int(bytes[1]) | Int(bytes[2]) << 8 : bytes[1] == 0x4b ? Int(bytes[2]) : nil
  }

  @Test("A full queue is timeout; the slot that becomes free is used", arguments: PeerPython.all)
  func full(python: PeerPython) throws {
    let shared = try Shared(python, "Queue", size: 2)
    var queue = try shared.writing()
    let messages = (0..<4).map { Self.pickle($0) }
    try queue.put(messages[0])
    try queue.put(messages[1])
    for _ in 0..<3 { #expect(kind { try queue.put(messages[2], atMost: .milliseconds(10)) } == .timeout) }
    #expect(try shared.script.ask("get") == "int:0")
    try queue.put(messages[3])
    #expect(try shared.script.ask("drain 2") == "1 3")
    #expect(try shared.script.ask("size") == "0")
    #expect(try shared.script.end() == 0)
  }

  @Test("A lock that Python holds is timeout, and the slot is given back", arguments: PeerPython.all)
  func held(python: PeerPython) throws {
    let shared = try Shared(python, "Queue", size: 1)
    var queue = try shared.writing()
    let message = Self.pickle(7)
    #expect(try shared.script.ask("hold") == "ok")
    for _ in 0..<3 { #expect(kind { try queue.put(message, atMost: .milliseconds(10)) } == .timeout) }
    #expect(try shared.script.ask("give") == "ok")
    try queue.put(message)
    #expect(try shared.script.ask("get") == "int:7")
    #expect(try shared.script.end() == 0)
  }

  @Test("Waiting for a message keeps no other reader from the queue", arguments: PeerPython.all)
  func waiting(python: PeerPython) throws {
    let shared = try Shared(python, "SimpleQueue")
    let reading = Background { [reader = shared.reader, lock = shared.locks[0]] in
      var queue = try SpawnQueue(reading: reader, lock: lock, slots: nil)
      return try queue.get(waiting: .seconds(60))
    }
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(try shared.script.ask("put 1") == "ok")
    #expect(try reading.value()?.last == 0x2e)
    var queue = try shared.reading()
    #expect(kind { _ = try queue.get(waiting: .milliseconds(5)) } == .timeout)
    #expect(try shared.script.end() == 0)
  }

  @Test("When all writers are gone it is the end, every time", arguments: PeerPython.all)
  func ended(python: PeerPython) throws {
    let shared = try Shared(python, "SimpleQueue")
    var queue = try shared.reading()
    #expect(try shared.script.ask("put 1") == "ok")
    #expect(try shared.script.ask("hang_up") == "ok")
    #expect(try queue.get() != nil)
    for _ in 0..<2 { #expect(try queue.get() == nil) }
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(try shared.script.end() == 0)
  }

  @Test(
    "What is no message is an error, and the lock is given back",
    arguments: [
      ("00100001", ErrorKind.tooLarge), ("fffffffe", .malformed), ("ffffffff0000000100000000", .tooLarge),
      ("000000", .truncated), ("0000000301", .truncated), ("ffffffff00", .truncated),
    ])
  func wrong(bytes: String, right: ErrorKind) throws {
    let shared = try Shared(try #require(PeerPython.all.last), "SimpleQueue")
    var queue = try shared.reading(limit: 1 << 20)
    #expect(try shared.script.ask("raw \(bytes)") == "ok")
    #expect(try shared.script.ask("hang_up") == "ok")
    #expect(kind { _ = try queue.get() } == right)
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(try shared.script.end() == 0)
  }

  @Test("The lock is kept while a part of a message is here, until its rest has come or the queue's end is closed")
  func part() throws {
    let shared = try Shared(try #require(PeerPython.all.last), "SimpleQueue")
    var queue = try shared.reading()
    #expect(try shared.script.ask("raw 00000003aabb") == "ok")
    #expect(kind { _ = try queue.get(waiting: .milliseconds(5)) } == .timeout)
    #expect(try shared.script.ask("is_free reader") == "False")
    #expect(try shared.script.ask("raw cc00000002") == "ok")
    #expect(try queue.get() == [0xaa, 0xbb, 0xcc])
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(kind { _ = try queue.get(waiting: .milliseconds(5)) } == .timeout)
    #expect(try shared.script.ask("is_free reader") == "False")
    queue = try shared.reading()
    #expect(try shared.script.ask("is_free reader") == "True")
    #expect(try shared.script.end() == 0)
  }

  @Test("What is no queue's end is refused")
  func refused() throws {
    let shared = try Shared(try #require(PeerPython.all.last), "SimpleQueue")
    let folder = try TemporaryFolder()
    let file = try folder.file("file", [])
    let lock = shared.locks[0]
    #expect(kind { _ = try SpawnQueue(reading: file, lock: lock, slots: nil) } == .usage)
    #expect(kind { _ = try SpawnQueue(reading: folder.entry("none"), lock: lock, slots: nil) } == .missing)
    #expect(kind { _ = try SpawnQueue(reading: shared.reader, lock: "/mp-none-at-all", slots: nil) } == .missing)
    #expect(kind { _ = try SpawnQueue(reading: shared.reader, lock: lock, slots: "/mp-none-at-all") } == .missing)
    #expect(kind { _ = try SpawnQueue(reading: shared.reader, lock: "lock", slots: nil) } == .usage)
    let pipe = try Descriptor.pipe()
    let number = fcntl(pipe.reader.number, F_DUPFD_CLOEXEC, 3)
    #expect(kind { _ = try SpawnQueue(writing: Descriptor(owning: number), lock: lock, slots: nil) } == .usage)
    var queue = try shared.reading()
    let message: [UInt8] = [1]
    #expect(kind { try queue.put(message) } == .usage)
    var other = try shared.writing()
    #expect(kind { _ = try other.get() } == .usage)
    #expect(try shared.script.end() == 0)
  }

  @Test("A message to a queue that nobody reads any more is closed, and the lock is given back")
  func gone() throws {
    let shared = try Shared(try #require(PeerPython.all.last), "SimpleQueue")
    var queue = try shared.writing()
    #expect(try shared.script.ask("stop_reading") == "ok")
    let message: [UInt8] = [1]
    #expect(kind { try queue.put(message) } == .closed)
    var second = try shared.writing()
    #expect(kind { try second.put(message) } == .closed)
    #expect(try shared.script.ask("is_free writer") == "True")
    #expect(try shared.script.end() == 0)
  }
}
#endif
