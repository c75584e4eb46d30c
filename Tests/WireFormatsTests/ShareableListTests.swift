import Foundation
import TestInputs
import Testing
import WireFormats
import Yams

@Suite("The memory of a ShareableList")
struct ShareableListTests {
  /// A list and its memory in both layouts, as `interop/vectors/shareable_lists.yml` has it.
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    var value: String
    var newer: HexBytes
    var older: HexBytes

    enum CodingKeys: String, CodingKey {
      case value
      case newer = "shareable-list"
      case older = "shareable-list-3.8"
    }

    var testDescription: String { value }

    func bytes(in codec: Codec) -> [UInt8] { (codec == .shareableList ? newer : older).bytes }
  }

  static let all: [Vector] = {
    let file = Vectors.repository.appendingPathComponent("interop/vectors/shareable_lists.yml")
    return (try? YAMLDecoder().decode([Vector].self, from: String(contentsOf: file, encoding: .utf8))) ?? []
  }()

  static let codecs = [Codec.shareableList, .shareableList38]

  private func kind(_ body: () throws -> Void) -> ErrorKind? {
    do {
      try body()
      return nil
    } catch let error as CodecError {
      return error.kind
    } catch {
      Issue.record(error)
      return nil
    }
  }

  @Test("There are vectors")
  func some() { #expect(Self.all.count >= 5) }

  @Test("Each vector is written and read in both layouts", arguments: all, codecs)
  func vectors(vector: Vector, codec: Codec) throws {
    let value = try Value(tokens: vector.value)
    #expect(try Hex.text(codec.encode(value)) == Hex.text(vector.bytes(in: codec)))
    #expect(try codec.decode(vector.bytes(in: codec)) == value)
    // A page may be longer than the list in it.
    #expect(try codec.decode(vector.bytes(in: codec) + [1, 2, 3]) == value)
  }

  @Test("What Python would lose, and what the list does not have, is malformed", arguments: codecs)
  func refused(codec: Codec) throws {
    let values = [
      "null", "tuple:0", "map:0", "list:1,list:0", "list:1,bytearray:00", "list:1,f32:00000000", "list:1,tuple:0",
      "list:1,int:9223372036854775808", "list:1,int:-9223372036854775809", "list:1,bytes:00", "list:1,bytes:6100",
      "list:1,text:6100", "list:1,text:c3a9c3a9c3a9c3a9c3a9",
    ]
    for tokens in values {
      #expect(kind { _ = try codec.encode(Value(tokens: tokens)) } == .malformed, "\(tokens)")
    }
    // Four characters of two bytes fill a slot of eight to its end.
    #expect(
      try codec.decode(codec.encode(Value(tokens: "list:1,text:c3a9c3a9c3a9c3a9"))).tokens
        == "list:1,text:c3a9c3a9c3a9c3a9")
    #expect(kind { _ = try codec.encode(.list([.bytes([UInt8](repeating: 1, count: 9_999_992))])) } == .malformed)
    let long = Value.list([.bytes([UInt8](repeating: 1, count: 9_999_991))])
    #expect(try codec.decode(codec.encode(long)) == long)
  }

  @Test("No length cut off is read beyond its end", arguments: all, codecs)
  func cut(vector: Vector, codec: Codec) throws {
    let bytes = vector.bytes(in: codec)
    for length in 0..<bytes.count {
      #expect(kind { _ = try codec.decode(Array(bytes[..<length])) } == .malformed, "\(length) bytes")
    }
  }

  @Test("A layout is not taken for the other")
  func otherLayout() throws {
    for vector in Self.all where vector.value != "list:0" {
      #expect(kind { _ = try Codec.shareableList.decode(vector.older.bytes) } == .malformed)
      #expect(kind { _ = try Codec.shareableList38.decode(vector.newer.bytes) } == .malformed)
    }
  }

  @Test("A wrong word anywhere is malformed or another value, and nothing worse", arguments: codecs)
  func mutated(codec: Codec) throws {
    let words: [UInt64] = [0, 1, 7, 8, 9, 1 << 31, 1 << 61, 1 << 62, .max >> 1, 1 << 63, .max, .max - 7]
    for vector in Self.all {
      let bytes = vector.bytes(in: codec)
      for offset in 0..<max(bytes.count - 7, 0) {
        let kinds = words.map { word in
          var wrong = bytes
          for index in 0..<8 { wrong[offset + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
          return kind { _ = try codec.decode(wrong) }
        }
        #expect(kinds.allSatisfy { $0 == nil || $0 == .malformed }, "\(vector.value) from byte \(offset) on")
      }
    }
  }

  @Test("Random memory is malformed or a list, and nothing worse", arguments: codecs)
  func random(codec: Codec) throws {
    var generator = SeededGenerator(seed: 20_260)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...120, using: &generator)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if count >= 8, Bool.random(using: &generator) { bytes[0...7] = [UInt8(count % 5), 0, 0, 0, 0, 0, 0, 0] }
      let kind = kind { _ = try codec.decode(bytes) }
      #expect(kind == nil || kind == .malformed)
    }
  }
}
