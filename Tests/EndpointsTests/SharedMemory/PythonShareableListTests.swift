import BigInt
import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("A ShareableList with Python")
struct PythonShareableListTests {
  private let memory = MemoryName()

  /// In Python's words and in tokens.
  private static let items = (
    literal:
      "[1, -2, 2.5, True, False, None, 'hi', b'ab', 'h\u{e9}llo wo', '', b'', -2**63, 2**63-1, b'\\0x', 'x' * 100]",
    value: Value.list([
      1, -2, .f64(2.5), .bool(true), .bool(false), .null, "hi", .bytes(Array("ab".utf8)), "h\u{e9}llo wo", "",
      .bytes([]), .int(.init(Int64.min)), .int(.init(Int64.max)), .bytes([0, 0x78]),
      .text(String(repeating: "x", count: 100)),
    ])
  )

  private func codec(of python: PeerPython) throws -> Codec { try #require(Codec(rawValue: python.listLayout)) }

  /// A literal that Python reads without arithmetic.
  private static let literal = items.literal
    .replacingOccurrences(of: "-2**63", with: "-9223372036854775808")
    .replacingOccurrences(of: "2**63-1", with: "9223372036854775807")
    .replacingOccurrences(of: "'x' * 100", with: "'\(String(repeating: "x", count: 100))'")

  @Test("Made here: Python reads every item", arguments: PeerPython.withSharedMemory)
  func madeHere(python: PeerPython) throws {
    let bytes = try codec(of: python).encode(Self.items.value)
    let shared = try SharedMemory(creating: memory.name, size: bytes.count, content: bytes)
    let script = try PeerScript(python, "shareable_list", "attach", memory.word)
    #expect(try script.hear() == Hex.text(bytes))
    #expect(try script.ask("list") == Self.items.value.tokens)
    #expect(try script.ask("assign 6 'changed'") == "ok")
    #expect(try script.ask("assign 0 None") == "ok")
    guard case .list(var expected) = Self.items.value else { return }
    (expected[6], expected[0]) = ("changed", .null)
    #expect(try codec(of: python).decode(try shared.read()) == .list(expected))
    #expect(try script.end() == 0)
  }

  @Test("Made by Python: the same bytes as here, and every item is read", arguments: PeerPython.withSharedMemory)
  func madeThere(python: PeerPython) throws {
    let script = try PeerScript(python, "shareable_list", "create", memory.word, Self.literal)
    let bytes = try #require(Hex.bytes(try script.hear().utf8))
    #expect(try codec(of: python).encode(Self.items.value) == bytes)
    let shared = try SharedMemory(attaching: memory.name)
    #expect(try codec(of: python).decode(try shared.read()) == Self.items.value)
    #expect(try script.ask("unlink") == "ok")
    #expect(try script.end() == 0)
  }

  @Test("A slot that Python gives to another kind of item is read as that", arguments: PeerPython.withSharedMemory)
  func assigned(python: PeerPython) throws {
    let script = try PeerScript(
      python, "shareable_list", "create", memory.word, "[1, 'twenty characters...', 2.5, None]")
    _ = try script.hear()
    for change in ["0 'eight888'", "1 -7", "2 b'x'", "3 True"] { #expect(try script.ask("assign \(change)") == "ok") }
    let shared = try SharedMemory(attaching: memory.name)
    #expect(
      try codec(of: python).decode(try shared.read())
        == .list(["eight888", -7, .bytes([0x78]), .bool(true)]))
    #expect(try script.ask("unlink") == "ok")
    #expect(try script.end() == 0)
  }

  @Test(
    "What Python loses is refused here; what is left of it is read as Python reads it",
    arguments: PeerPython.withSharedMemory)
  func lost(python: PeerPython) throws {
    let accents = String(repeating: "\u{e9}", count: 7)
    let script = try PeerScript(python, "shareable_list", "create", memory.word, "['\(accents)', b'a\\0\\0', 'b\\0']")
    _ = try script.hear()
    let shared = try SharedMemory(attaching: memory.name)
    let value = try codec(of: python).decode(try shared.read())
    #expect(value == .list([.text(String(accents.prefix(4))), .bytes([0x61]), "b"]))
    #expect(try script.ask("list") == value.tokens)
    for item in [.text(accents), .bytes([0x61, 0, 0]), "b\0"] as [Value] {
      let error = #expect(throws: CodecError.self) { try codec(of: python).encode(.list([item])) }
      #expect(error?.kind == .malformed)
    }
    #expect(try script.ask("unlink") == "ok")
    #expect(try script.end() == 0)
  }

  @Test("A text that Python has cut inside a character is malformed", arguments: PeerPython.withSharedMemory)
  func cut(python: PeerPython) throws {
    let script = try PeerScript(
      python, "shareable_list", "create", memory.word, "['\(String(repeating: "\u{6f22}", count: 8))']")
    _ = try script.hear()
    #expect(try script.ask("list").hasPrefix("error UnicodeDecodeError"))
    let bytes = try SharedMemory(attaching: memory.name).read()
    let error = #expect(throws: CodecError.self) { try codec(of: python).decode(bytes) }
    #expect(error?.kind == .malformed)
    #expect(try script.ask("unlink") == "ok")
    #expect(try script.end() == 0)
  }
}
#endif
