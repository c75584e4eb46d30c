import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A slot in a file")
struct FileSlotTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("slot") }

  init() throws { folder = try TemporaryFolder() }

  private func image(_ text: String) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: 1024 - text.utf8.count)
  }

  @Test("A missing file is made by the writer, 1024 bytes of NUL for this user only")
  func made() throws {
    let writer = try FileSlot(writing: path)
    #expect(try content(of: path) == image(""))
    #expect(try writer.read() == [])
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("A missing file is missing for a reader, and is not made")
  func missing() {
    #expect(kind { _ = try FileSlot(reading: path) } == .missing)
    #expect(!exists(path))
    #expect(kind { _ = try FileSlot(writing: folder.entry("no/slot")) } == .missing)
  }

  @Test("A shorter file is extended by the writer and keeps its text", arguments: [0, 1, 5, 1023])
  func extended(length: Int) throws {
    let text = String(repeating: "x", count: length)
    let file = try folder.file("slot", Array(text.utf8))
    let writer = try FileSlot(writing: file)
    #expect(try content(of: file) == image(text))
    #expect(try writer.read() == Array(text.utf8))
  }

  @Test("A shorter file is malformed for a reader, and stays short", arguments: [0, 1, 1023])
  func short(length: Int) throws {
    let bytes = [UInt8](repeating: 0x61, count: length)
    let file = try folder.file("slot", bytes)
    #expect(kind { _ = try FileSlot(reading: file) } == .malformed)
    #expect(try content(of: file) == bytes)
  }

  @Test(
    "A text is in the file at once, NUL behind it, and both sides read it", arguments: [0, 1, 5, 1023, 1024])
  func text(length: Int) throws {
    let text = String(repeating: "x", count: length)
    let bytes = Array(text.utf8)
    let writer = try FileSlot(writing: path)
    let reader = try FileSlot(reading: path)
    try writer.write(bytes.span)
    #expect(try content(of: path) == image(text))
    for _ in 0..<2 { #expect(try reader.read() == bytes) }
    #expect(try writer.read() == bytes)
  }

  @Test("Nothing of a longer earlier text stays behind", arguments: ["short", ""])
  func shorter(text: String) throws {
    let (long, short) = ([UInt8](repeating: 0x61, count: 1024), Array(text.utf8))
    let writer = try FileSlot(writing: path)
    try writer.write(long.span)
    try writer.write(short.span)
    #expect(try content(of: path) == image(text))
  }

  @Test(
    "A text that does not fit is refused, and the slot stays as it was",
    arguments: [
      (Array(repeating: 0x62, count: 1025), ErrorKind.tooLarge),
      (Array(repeating: 0, count: 1025), .tooLarge),
      (Array("a\0b".utf8), .malformed), ([0], .malformed), (Array("ab\0".utf8), .malformed),
    ])
  func refused(text: [UInt8], right: ErrorKind) throws {
    let before = Array("before".utf8)
    let writer = try FileSlot(writing: path)
    try writer.write(before.span)
    #expect(kind { try writer.write(text.span) } == right)
    #expect(try content(of: path) == image("before"))
  }

  @Test("A longer file keeps its length and its tail")
  func tail() throws {
    let file = try folder.file("slot", [UInt8](repeating: 0x61, count: 1500))
    let reader = try FileSlot(reading: file)
    #expect(try reader.read() == [UInt8](repeating: 0x61, count: 1024))
    let text = Array("short".utf8)
    let writer = try FileSlot(writing: file)
    try writer.write(text.span)
    #expect(try content(of: file) == image("short") + [UInt8](repeating: 0x61, count: 476))
  }

  @Test(
    "A file that is cut short is truncated on both sides; when it is long again they go on", arguments: [0, 1, 1023])
  func cutShort(length: Int) throws {
    let text = Array("text".utf8)
    let writer = try FileSlot(writing: path)
    let reader = try FileSlot(reading: path)
    try writer.write(text.span)
    #expect(truncate(path, off_t(length)) == 0)
    #expect(kind { _ = try reader.read() } == .truncated)
    #expect(kind { _ = try writer.read() } == .truncated)
    #expect(kind { try writer.write(text.span) } == .truncated)
    #expect(try content(of: path).count == length)
    #expect(truncate(path, 1024) == 0)
    try writer.write(text.span)
    #expect(try reader.read() == text)
  }

  @Test("Something other than a regular file is usage", arguments: ["/dev/null", "/tmp"])
  func other(path: String) {
    #expect(kind { _ = try FileSlot(reading: path) } == .usage)
    #expect(kind { _ = try FileSlot(writing: path) } == .usage)
  }

  @Test("Without permission it is denied", .enabled(if: getuid() != 0, "root may open everything"))
  func denied() throws {
    let file = try folder.file("slot", image(""))
    #expect(chmod(file, 0) == 0)
    #expect(kind { _ = try FileSlot(reading: file) } == .denied)
    #expect(kind { _ = try FileSlot(writing: file) } == .denied)
  }
}
