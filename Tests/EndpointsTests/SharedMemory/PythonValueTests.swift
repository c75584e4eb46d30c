import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("A Value and an Array of Python")
struct PythonValueTests {
  /// Where a script's Value or Array is.
  private struct Place {
    let path: String
    let offset: Int
    let lock: String

    init(_ process: Substring, _ words: ArraySlice<Substring>) throws {
      let words = Array(words)
      path = "/proc/\(process)/fd/\(words[0])"
      offset = try #require(Int(words[1]))
      lock = String(words[2])
    }

    func part(_ length: Int) throws -> SharedMemory { try SharedMemory(path: path, offset: offset, length: length) }
  }

  private func start(_ python: PeerPython, _ method: String) throws -> (PeerScript, [Place]) {
    let script = try PeerScript(python, "value_array", method)
    let words = try script.hear().split(separator: " ")
    try #require(words.count == 10)
    return (script, try [1..<4, 4..<7, 7..<10].map { try Place(words[0], words[$0]) })
  }

  @Test("Both sides see what the other stores", arguments: PeerPython.all, ["fork", "spawn"])
  func shared(python: PeerPython, method: String) throws {
    let (script, places) = try start(python, method)
    let number = try places[0].part(4)
    let real = try places[1].part(8)
    let array = try places[2].part(12)
    #expect(try number.read() == [7, 0, 0, 0])
    #expect(try real.read() == [0, 0, 0, 0, 0, 0, 4, 0x40])
    #expect(try array.read() == [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
    let (sum, minus) = ([0xef, 3, 0, 0] as [UInt8], [0xff, 0xff, 0xff, 0xff] as [UInt8])
    try number.write(sum)
    try array.write(minus, at: 4)
    #expect(try script.ask("number") == "1007")
    #expect(try script.ask("array") == "1 -1 3")
    #expect(try script.ask("real") == "2.5")
    #expect(try script.end() == 0)
  }

  @Test("Under its lock both sides count, and no step is lost", arguments: PeerPython.all)
  func counted(python: PeerPython) throws {
    let (script, places) = try start(python, "spawn")
    let number = try places[0].part(4)
    let lock = try NamedSemaphore(opening: places[0].lock)
    try script.tell("count 3000")
    for _ in 0..<3000 {
      try lock.withLock(atMost: .seconds(60)) { () throws(EndpointError) in
        let count = try number.read().reversed().reduce(0) { $0 << 8 | UInt32($1) }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: (count + 1) >> (8 * $0)) }
        try number.write(bytes)
      }
    }
    #expect(try script.hear() == "ok")
    #expect(try script.ask("number") == "6007")
    #expect(try script.end() == 0)
  }

  @Test("A fork context's lock has no name to open")
  func nameless() throws {
    let (script, places) = try start(try #require(PeerPython.all.last), "fork")
    #expect(places[0].lock == "-")
    #expect(try script.end() == 0)
  }

  @Test(
    "An endpoint that inherits Value, Array and queue shares them; after reset it holds none of them",
    arguments: PeerPython.all)
  func inherited(python: PeerPython) throws {
    let script = try PeerScript(python, "inherited", Endpoint.program)
    let conversation = try (0..<17).map { _ in try script.hear() }
    #expect(
      conversation == [
        "ok", "ok", "ok payload=07000000", "ok", "1007",
        "ok", "ok", "10 11 3",
        "ok", "ok", "int:1", "ok", "ok payload=\(python.minor < 8 ? "80034e2e" : "80044e2e")",
        "ok", "0 1 2", "0", "0",
      ])
    #expect(try script.end() == 0)
  }
}
#endif
