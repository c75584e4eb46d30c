import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A cell in a file")
struct FileCellTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("cell") }

  init() throws { folder = try TemporaryFolder() }

  /// A message that tells which it is and whether it is torn; the same as in cell.py.
  private static func message(_ number: Int) -> [UInt8] {
    let words = [UInt64](repeating: UInt64(number).littleEndian, count: 505)
    return words.withUnsafeBytes { Array($0[..<(number * 37 % 4033)]) }
  }

  /// How many messages come as they should and in their order, and how many come in all.
  private static func received(from path: String) throws -> [Int] {
    var reader = try FileCell(reading: path)
    var (good, all) = (0, 0)
    while let message = try reader.receive(atMost: .seconds(60)) {
      if message == Self.message(all) { good += 1 }
      all += 1
    }
    return [good, all]
  }

  /// The four words at the beginning.
  private func words() throws -> [UInt64] {
    let bytes = try content(of: path)
    return (0..<4).map { word in bytes[(8 * word)..<(8 * word + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  @Test("The file is as PROTOCOL.md has it")
  func layout() throws {
    do {
      var writer = try FileCell(writing: path)
      #expect(try content(of: path) == [UInt8](repeating: 0, count: 4096))
      let hello = Array("hello".utf8)
      try writer.send(hello)
      #expect(try words() == [1, 0, 5, 0])
      #expect(try Array(content(of: path)[64..<70]) == hello + [0])
      var reader = try FileCell(reading: path)
      #expect(try reader.receive() == hello)
      #expect(try words() == [1, 1, 5, 0])
      #expect(kind { _ = try reader.receive(atMost: .milliseconds(5)) } == .timeout)
      try writer.send(hello)
      #expect(kind { try writer.send(hello, atMost: .milliseconds(5)) } == .timeout)
      #expect(kind { try reader.send(hello) } == .usage)
      #expect(kind { _ = try writer.receive() } == .usage)
    }
    #expect(try words() == [2, 1, 5, 1])
  }

  @Test("Ten thousand messages between two threads: none lost, repeated or torn, and then the end")
  func threads() throws {
    var writer = try FileCell(writing: path)
    let receiving = Background { [path] in try Self.received(from: path) }
    for number in 0..<10_000 {
      let message = Self.message(number)
      try writer.send(message, atMost: .seconds(60))
    }
    _ = consume writer
    #expect(try receiving.value() == [10_000, 10_000])
  }

  @Test("An empty message is one, and so is the longest; a longer one is too large")
  func lengths() throws {
    var writer = try FileCell(writing: path)
    var reader = try FileCell(reading: path)
    for length in [0, 1, 4031, 4032] {
      let message = [UInt8](repeating: 7, count: length)
      try writer.send(message)
      #expect(try reader.receive() == message)
    }
    let message = [UInt8](repeating: 7, count: 4033)
    #expect(kind { try writer.send(message) } == .tooLarge)
    #expect(kind { _ = try reader.receive(atMost: .zero) } == .timeout)
  }

  @Test("A writer that has closed leaves its last message, and then it is the end, every time")
  func ended() throws {
    let message: [UInt8] = [1, 2]
    do {
      var writer = try FileCell(writing: path)
      try writer.send(message)
    }
    var reader = try FileCell(reading: path)
    #expect(try reader.receive() == message)
    for _ in 0..<2 { #expect(try reader.receive() == nil) }
    let writer = try FileCell(writing: path)
    #expect(kind { _ = try reader.receive(atMost: .zero) } == .timeout)
    _ = consume writer
  }

  @Test("A file that is cut short is truncated on both sides, also while they wait", arguments: [4095, 0])
  func cutShort(size: Int) throws {
    var writer = try FileCell(writing: path)
    var reader = try FileCell(reading: path)
    let message: [UInt8] = [1]
    let isOpen = DispatchSemaphore(value: 0)
    let waiting = Background { [path] in
      var reader = try FileCell(reading: path)
      isOpen.signal()
      return kind { _ = try reader.receive(atMost: .seconds(60)) }
    }
    isOpen.wait()
    #expect(truncate(path, off_t(size)) == 0)
    #expect(kind { try writer.send(message) } == .truncated)
    #expect(kind { _ = try reader.receive() } == .truncated)
    #expect(try waiting.value() == .truncated)
  }

  @Test("A short file is malformed for a reader, a missing one missing; a writer makes and extends it")
  func opened() throws {
    #expect(kind { _ = try FileCell(reading: path) } == .missing)
    let file = try folder.file("cell", [UInt8](repeating: 0xff, count: 4095))
    #expect(kind { _ = try FileCell(reading: file) } == .malformed)
    let writer = try FileCell(writing: file)
    #expect(try content(of: file).count == 4096)
    #expect(try words() == [0, 0, 0, 0])
    #expect(kind { _ = try FileCell(writing: "/dev/null") } == .usage)
    _ = consume writer
  }

  @Test("A length that the cell has no room for is malformed")
  func badLength() throws {
    var image = [UInt8](repeating: 0, count: 4096)
    (image[0], image[16], image[17]) = (1, 0xc1, 0x0f)
    var reader = try FileCell(reading: try folder.file("cell", image))
    #expect(kind { _ = try reader.receive() } == .malformed)
  }

  @Test("Ten thousand messages to Python", arguments: PeerPython.all.suffix(1))
  func toPython(python: PeerPython) throws {
    var writer = try FileCell(writing: path)
    let script = try PeerScript(python, "cell", "read", path, "10000")
    for number in 0..<10_000 {
      let message = Self.message(number)
      try writer.send(message, atMost: .seconds(60))
    }
    #expect(try script.hear() == "10000 10000 10000")
    #expect(try script.end() == 0)
  }

  @Test("Ten thousand messages from Python, and then the end", arguments: PeerPython.all.suffix(1))
  func fromPython(python: PeerPython) throws {
    let file = try folder.file("cell", [UInt8](repeating: 0, count: 4096))
    let script = try PeerScript(python, "cell", "write", file, "10000")
    #expect(try script.hear() == "ready")
    #expect(try Self.received(from: file) == [10_000, 10_000])
    #expect(try script.end() == 0)
  }
}
