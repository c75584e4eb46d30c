import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("Shared memory with Python")
struct PythonSharedMemoryTests {
  private let memory = MemoryName()
  private var name: String { memory.name }

  @Test(
    "Made here: Python finds it by its name and in its size, and both see what the other stores",
    arguments: PeerPython.withSharedMemory)
  func madeHere(python: PeerPython) throws {
    let shared = try SharedMemory(creating: name, size: 5, content: [1, 2])
    let script = try PeerScript(python, "memory", "attach", memory.word)
    #expect(try script.hear() == "5")
    #expect(try script.ask("load") == "0102000000")
    #expect(try script.ask("store 2 0304") == "ok")
    #expect(try shared.read() == [1, 2, 3, 4, 0])
    let bytes: [UInt8] = [0xff]
    try shared.write(bytes, at: 4)
    #expect(try script.ask("load") == "01020304ff")
    #expect(try script.end() == 0)
  }

  @Test("Made by Python: it is found by its name and in its size", arguments: PeerPython.withSharedMemory)
  func madeThere(python: PeerPython) throws {
    let script = try PeerScript(python, "memory", "create", memory.word, "4099")
    #expect(try script.hear() == "4099")
    let shared = try SharedMemory(attaching: name)
    #expect(shared.count == 4099)
    #expect(try script.ask("store 4098 aa") == "ok")
    #expect(try shared.read(4097..<4099) == [0, 0xaa])
    let bytes: [UInt8] = [0xbb]
    try shared.write(bytes, at: 4097)
    #expect(try script.ask("load").suffix(6) == "00bbaa")
    #expect(try script.ask("unlink") == "ok")
    #expect(kind { _ = try SharedMemory(attaching: name) } == .missing)
    #expect(try shared.read(4097..<4099) == [0xbb, 0xaa])
    #expect(try script.end() == 0)
  }

  @Test(
    "Python takes the name of memory with it that it has only attached; keepAlive gives the name back",
    arguments: PeerPython.withSharedMemory)
  func tracker(python: PeerPython) throws {
    let shared = try SharedMemory(creating: name, size: 3, content: [1, 2, 3])
    let kept = try shared.keepAlive()
    for round in 1...2 {
      let script = try PeerScript(python, "memory", "attach", memory.word)
      #expect(try script.hear() == "3")
      #expect(try script.ask("store 0 \(Hex.text([UInt8(round)]))") == "ok")
      #expect(try script.end() == 0)
      // Whether a later Python still does so is its own matter: the name must be there afterwards.
      if python.minor <= 13 {
        #expect(!memory.exists)
        #expect(script.complaint.contains("leaked shared_memory"))
      }
      #expect(try kept.restore() || python.minor > 13)
      #expect(try SharedMemory(attaching: name).read() == [UInt8(round), 2, 3])
    }
    try shared.unlink()
  }

  @Test("From Python 3.13 on track=False leaves the name alone", arguments: PeerPython.withSharedMemory)
  func untracked(python: PeerPython) throws {
    guard python.minor >= 13 else { return }
    let shared = try SharedMemory(creating: name, size: 3)
    let script = try PeerScript(python, "memory", "untracked", memory.word)
    #expect(try script.hear() == "3")
    #expect(try script.end() == 0)
    #expect(memory.exists)
    try shared.unlink()
  }
}
#endif
