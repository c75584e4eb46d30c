import WireFormats

/// Damaged and random pickles.
public struct RandomPickle: Sendable {
  /// What the damage starts from.
  public let originals: [[UInt8]]

  /// Starts from the vectors.
  public init() {
    struct Vector: Decodable {
      var codec: String?
      var bytes: HexText
    }
    struct HexText: Decodable {
      var bytes: [UInt8]

      init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        bytes = Hex.bytes(text.utf8) ?? []
      }
    }
    let captured: [Vector] = VectorFile.entries("pickles.yml")
    let bad: [Vector] = VectorFile.entries("bad-values.yml")
    originals = (captured + bad.filter { $0.codec == "pickle" }).map(\.bytes.bytes)
  }

  /// A message, mostly of fewer than 2000 bytes.
  public func message(from generator: inout SeededGenerator) -> [UInt8] {
    switch generator.below(10) {
    case 0: return generator.bytes(generator.below(60))
    case 1, 2: return Self.program(from: &generator)
    case 3:
      let value = generator.value(.python)
      return (try? Codec.pickle.encode(value)).map { damaged($0, &generator) } ?? []
    default: return damaged(generator.pick(originals) ?? [], &generator)
    }
  }

  private func damaged(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0...generator.below(4) {
      guard !bytes.isEmpty else { return generator.bytes(8) }
      let place = generator.below(bytes.count)
      switch generator.below(9) {
      case 0: bytes[place] = generator.byte()
      case 1: bytes[place] ^= 1 << UInt8(generator.below(8))
      case 2: bytes[place] = Self.opcode(&generator)
      case 3: bytes.insert(Self.opcode(&generator), at: place)
      case 4: bytes.remove(at: place)
      case 5: bytes.removeSubrange(place...)
      case 6:
        // A length at its extremes.
        let edge: [UInt8] =
          generator.pick([[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0]]) ?? []
        for (offset, byte) in edge.enumerated() where place + offset < bytes.count { bytes[place + offset] = byte }
      case 7:
        // A piece once more, in another place.
        let end = min(bytes.count, place + 1 + generator.below(40))
        bytes.insert(contentsOf: bytes[place..<end], at: generator.below(bytes.count))
      default:
        // The beginning of this and the end of another.
        let other = generator.pick(originals) ?? []
        bytes.removeSubrange(place...)
        bytes += other.suffix(generator.below(other.count + 1))
      }
    }
    return bytes
  }

  private static func opcode(_ generator: inout SeededGenerator) -> UInt8 {
    generator.pick(opcodes) ?? 0
  }

  /// Every instruction that there is, and a few bytes that are none.
  private static let opcodes: [UInt8] =
    Array("(.0123NIJKLMFGUTSXVBC)]}tldaesurRbcQPiogjhqp".utf8) + Array(0x80...0x99) + [0, 0xff]

  /// Instructions in a random order, of a kind that keeps the stack filled, so that many of them do something.
  private static func program(from generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = [0x80, 4]
    for _ in 0..<(2 + generator.below(120)) {
      let small = UInt8(generator.below(6))
      let pieces: [[UInt8]] = [
        [0x4b, small], [0x4e], [0x88], [0x8c, 1, 0x61 + small], [0x43, 1, small], [0x5d], [0x7d], [0x8f], [0x29],
        [0x28], [0x28], [0x74], [0x6c], [0x64], [0x91], [0x85], [0x86], [0x87], [0x61], [0x65], [0x73], [0x75], [0x90],
        [0x94], [0x94], [0x71, small], [0x68, small], [0x68, small], [0x32], [0x30], [0x31],
        Array("cbuiltins\nset\n".utf8), Array("c__builtin__\nbytearray\n".utf8), Array("cm\nC\n".utf8), [0x52], [0x81],
        [0x92], [0x62], [0x93], [0x5d, 0x94, 0x28, 0x68, 0, 0x68, 0, 0x65], [0x32, 0x86], [0x47] + generator.bytes(8),
      ]
      bytes += generator.pick(pieces) ?? []
    }
    return bytes + [0x2e]
  }
}
