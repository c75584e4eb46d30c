import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("Shared memory")
struct SharedMemoryTests {
  private let memory = MemoryName()
  private var name: String { memory.name }

  @Test(
    "It has exactly the size asked for, its content, and NUL bytes; it is for this user only",
    arguments: [1, 100, 4096, 5000])
  func made(size: Int) throws {
    let shared = try SharedMemory(creating: name, size: size, content: [7])
    #expect(try content(of: "/dev/shm\(name)") == [7] + [UInt8](repeating: 0, count: size - 1))
    #expect(try shared.read() == content(of: "/dev/shm\(name)"))
    var status = stat()
    #expect(stat("/dev/shm\(name)", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600 && status.st_nlink == 1)
    #expect(memory.all == [memory.word])
  }

  @Test("A name that is taken exists, and what has it stays; nothing else is left")
  func taken() throws {
    let shared = try SharedMemory(creating: name, size: 3, content: [1, 2, 3])
    #expect(kind { _ = try SharedMemory(creating: name, size: 9) } == .exists)
    #expect(try shared.read() == [1, 2, 3])
    #expect(memory.all == [memory.word])
  }

  @Test("What cannot be made is refused, and nothing is left")
  func impossible() {
    #expect(kind { _ = try SharedMemory(creating: name, size: 0) } == .usage)
    #expect(kind { _ = try SharedMemory(creating: name, size: 1, content: [1, 2]) } == .tooLarge)
    #expect(kind { _ = try SharedMemory(creating: name, size: 1 << 55) } == .internal)
    #expect(memory.all == [])
  }

  @Test("A name is a slash and a word", arguments: ["", "/", "word", "/a/b", "/.", "/..", "/a\0b", "//"])
  func names(name: String) {
    #expect(kind { _ = try SharedMemory(creating: name, size: 1) } == .usage)
    #expect(kind { _ = try SharedMemory(attaching: name) } == .usage)
    #expect(kind { _ = try NamedSemaphore(opening: name) } == .usage)
  }

  @Test("Without a name or path it is missing, and a folder or FIFO is usage")
  func absent() throws {
    #expect(kind { _ = try SharedMemory(attaching: name) } == .missing)
    #expect(kind { _ = try SharedMemory(path: "/dev/shm\(name)") } == .missing)
    let folder = try TemporaryFolder()
    try Fifo.make(at: folder.entry("fifo"))
    #expect(kind { _ = try SharedMemory(path: folder.entry("fifo")) } == .usage)
    #expect(kind { _ = try SharedMemory(path: folder.path, access: .readOnly) } == .usage)
  }

  @Test("A part begins and ends where it should, also beyond the first page", arguments: [0, 1, 4095, 4096, 9000])
  func parts(offset: Int) throws {
    let whole = try SharedMemory(creating: name, size: 10_000)
    let part = try SharedMemory(attaching: name, offset: offset, length: 3)
    let (some, more) = ([1, 2, 3] as [UInt8], [1, 2, 3, 4] as [UInt8])
    try part.write(some)
    #expect(try whole.read(offset..<(offset + 3)) == some)
    #expect(try whole.read().filter { $0 != 0 } == some)
    #expect(kind { try part.write(more) } == .tooLarge)
    #expect(kind { try part.write(some, at: 1) } == .tooLarge)
    #expect(kind { try part.write(some, at: 4) } == .usage)
    #expect(kind { _ = try part.read(2..<4) } == .usage)
    #expect(kind { _ = try part.read(-1..<2) } == .usage)
    #expect(try part.read() == some)
    let rest = try SharedMemory(attaching: name, offset: offset)
    #expect(rest.count == 10_000 - offset)
  }

  @Test("A part that is not there is malformed, and so is all of an empty object")
  func noPart() throws {
    let whole = try SharedMemory(creating: name, size: 100)
    for (offset, length) in [(0, 101), (100, 1), (99, 2), (100, nil), (Int.max, nil), (1, Int.max)] as [(Int, Int?)] {
      #expect(kind { _ = try SharedMemory(attaching: name, offset: offset, length: length) } == .malformed)
    }
    #expect(kind { _ = try SharedMemory(attaching: name, offset: -1) } == .usage)
    #expect(kind { _ = try SharedMemory(attaching: name, length: 0) } == .usage)
    #expect(truncate("/dev/shm\(name)", 0) == 0)
    #expect(kind { _ = try SharedMemory(attaching: name) } == .malformed)
    _ = whole.count
  }

  @Test("An object that is cut short is truncated for who has it, and whole again when it is long again")
  func cutShort() throws {
    let shared = try SharedMemory(creating: name, size: 10_000)
    let bytes: [UInt8] = [1]
    for size in [9999, 4096, 0] {
      #expect(truncate("/dev/shm\(name)", size) == 0)
      #expect(kind { _ = try shared.read() } == .truncated)
      #expect(kind { try shared.write(bytes) } == .truncated)
    }
    #expect(truncate("/dev/shm\(name)", 10_000) == 0)
    try shared.write(bytes)
    #expect(try shared.read(0..<2) == [1, 0])
  }

  @Test("What is attached for reading is not written to")
  func readOnly() throws {
    let whole = try SharedMemory(creating: name, size: 2)
    let reader = try SharedMemory(attaching: name, access: .readOnly)
    let bytes: [UInt8] = [5]
    #expect(kind { try reader.write(bytes) } == .usage)
    try whole.write(bytes)
    #expect(try reader.read() == [5, 0])
    whole.close()
    #expect(try reader.read() == [5, 0])
  }

  @Test("An unlinked object is gone for others, and stays for those who have it; a second time it is missing")
  func unlinked() throws {
    let shared = try SharedMemory(creating: name, size: 1, content: [9])
    try shared.unlink()
    #expect(!memory.exists)
    #expect(try shared.read() == [9])
    #expect(kind { try shared.unlink() } == .missing)
    let other = try SharedMemory(creating: name, size: 1)
    #expect(kind { try shared.unlink() } == .missing)
    #expect(kind { _ = try shared.keepAlive() } == .missing)
    #expect(memory.exists)
    try other.unlink()
  }

  @Test("A kept name comes back after it was removed, but not in the place of another's")
  func kept() throws {
    let shared = try SharedMemory(creating: name, size: 1, content: [9])
    do {
      let kept = try shared.keepAlive()
      #expect(try !kept.restore())
      try shared.unlink()
      #expect(try kept.restore())
      #expect(try SharedMemory(attaching: name).read() == [9])
      try shared.unlink()
      let other = try SharedMemory(creating: name, size: 1)
      #expect(kind { try kept.restore() } == .exists)
      try other.unlink()
    }
    #expect(memory.all == [])
  }
}
#endif
