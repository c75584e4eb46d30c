import WireFormats

/// Pickles that ask for more than their size.
enum ExpensivePickle {
  private static let (list, map, set, mark, stop): ([UInt8], [UInt8], [UInt8], [UInt8], [UInt8]) =
    ([0x5d], [0x7d], [0x8f], [0x28], [0x2e])

  /// A part that is made once and used again and again.
  static func memo(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    let part = heavy(size / 2, from: &generator) + [0x71, 0]
    let fetch: [UInt8] = generator.below(2) == 0 ? [0x68, 0] : Array("g0\n".utf8)
    func all(_ piece: [UInt8]) -> [UInt8] { ExpensiveMessage.repeated(piece, size / 2) }
    func call(_ name: String, _ arguments: [UInt8]) -> [UInt8] { Array("c\(name)\n".utf8) + arguments + [0x52] }
    switch generator.below(12) {
    case 0: return list + mark + part + all(fetch) + [0x65] + stop
    case 1: return mark + part + all([0x32]) + [0x74] + stop
    case 2: return mark + part + all(fetch) + [0x91] + stop
    case 3: return map + mark + part + [0x4e] + all(fetch + [0x4e]) + [0x75] + stop
    case 4: return mark + part + all(fetch + [0x85]) + [0x91] + stop
    case 5:
      let encode = Array("c_codecs\nencode\n".utf8) + fetch + [0x58, 6, 0, 0, 0] + Array("latin1".utf8) + [0x86, 0x52]
      return mark + part + all(encode) + [0x74] + stop
    case 6:
      let name = generator.pick(["set", "frozenset", "bytes", "bytearray", "list"]) ?? "set"
      return mark + part + all(call("__builtin__\n\(name)", fetch + [0x85])) + [0x6c] + stop
    case 7: return mark + part + all(fetch + fetch + [0x93]) + [0x74] + stop
    case 8: return mark + Array("cm\nC\n".utf8) + [0x71, 0] + all(fetch + [0x29, 0x52]) + [0x74] + stop
    case 9: return part + [0x30] + Array("cm\nC\n".utf8) + all([0x29, 0x52]) + stop
    case 10: return part + all([0x30] + fetch + [0x94]) + stop
    // Two of the one before, again and again.
    default:
      return part
        + ExpensiveMessage.repeated(
          generator.pick([[0x32, 0x86], [0x32, 0x86, 0x94], [0x32, 0x87]]) ?? [], min(size, 100)) + stop
    }
  }

  /// Parts within parts.
  static func depth(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    let count = generator.below(2) == 0 ? 190 + generator.below(20) : size
    func times(_ piece: [UInt8], _ count: Int) -> [UInt8] { ExpensiveMessage.repeated(piece, count * piece.count) }
    let tower: [UInt8]
    switch generator.below(7) {
    case 0: tower = [0x4e] + times([0x85], count)
    case 1: tower = times(list, count) + times([0x61], max(1, count - 1))
    case 2: tower = times(mark, min(count, 999)) + times([0x74], min(count, 999))
    case 3: tower = times(map + [0x4e], count) + [0x4e] + times([0x73], count)
    case 4: tower = Array("cm\nC\n".utf8) + times([0x29, 0x52], count)
    case 5: tower = [0x4e] + times(mark + [0x30, 0x85, 0x94], count)
    default: tower = times(list + [0x94], min(count, 250)) + times([0x61], min(count, 250) - 1)
    }
    // Many such towers beside each other, or one.
    guard count < size, generator.below(2) == 0 else { return tower + stop }
    return mark + ExpensiveMessage.repeated(tower, size) + [0x74] + stop
  }

  /// Numbers of many digits.
  static func digits(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    let longest = generator.pick([20_001, 20_000, 19_999, 1000, 40]) ?? 1
    let places = String(repeating: "9", count: longest)
    let width = generator.pick([8_306, 8_305, 8_304, 8_193, 8_192, 100, 17]) ?? 1
    let binary: [UInt8] =
      [0x8b, UInt8(width & 0xff), UInt8(width >> 8), 0, 0] + [UInt8](repeating: generator.byte(), count: width)
    let number: [UInt8]
    switch generator.below(5) {
    case 0: number = Array("L\(places)L\n".utf8)
    case 1: number = Array("I-\(places)\n".utf8)
    case 2: number = Array("F0.\(places)\n".utf8)
    default: number = binary
    }
    switch generator.below(4) {
    case 0: return mark + ExpensiveMessage.repeated(number, size) + [0x74] + stop
    case 1: return mark + ExpensiveMessage.repeated(number, size) + [0x91] + stop
    case 2: return ExpensiveMessage.repeated(number + [0x30], size) + [0x4e] + stop
    default: return mark + number + [0x71, 0] + ExpensiveMessage.repeated([0x68, 0], size) + [0x74] + stop
    }
  }

  /// Many small parts.
  static func width(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    let pieces: [[UInt8]] = [
      [0x5d], [0x7d], [0x8f], [0x29], [0x4e], [0x88], [0x4b, 1], [0x4d, 1, 2], [0x4a, 1, 2, 3, 4], [0x8c, 0],
      [0x8c, 1, 0x61, 0x94], [0x43, 0], [0x5d, 0x94], [0x4e, 0x85], [0x4b, 1, 0x85, 0x85], [0x5d, 0x4e, 0x61],
      [0x7d, 0x4e, 0x4e, 0x73], [0x28, 0x74], [0x28, 0x6c], [0x28, 0x91], [0x47, 1, 2, 3, 4, 5, 6, 7, 8],
      Array("cm\nC\n".utf8), Array("(im\nC\n".utf8), [0x28] + Array("cm\nC\no".utf8), Array("cm\nC\n)RNbNaNb".utf8),
      Array("I1\n".utf8), Array("F1\n".utf8), Array("Va\n".utf8), Array("S''\n".utf8), Array("S'\\x00'\n".utf8),
      [0x4e, 0x72] + generator.bytes(4) + [0x30], Array("Np\(generator.below(1 << 30))\n0".utf8),
    ]
    let body = ExpensiveMessage.repeated(generator.pick(pieces) ?? [], size)
    switch generator.below(5) {
    case 0: return body + stop
    case 1: return mark + body + [0x91] + stop
    case 2: return map + mark + body + [0x75] + stop
    case 3: return list + [0x71, 0] + ExpensiveMessage.repeated([0x4e, 0x61, 0x5d, 0x30, 0x68, 0], size) + stop
    default: return mark + body + [0x74] + stop
    }
  }

  /// A part that is worth sharing.
  private static func heavy(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    let length = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    switch generator.below(6) {
    case 0: return [0x58] + length + [UInt8](repeating: 0x61, count: size)
    case 1: return [0x42] + length + generator.bytes(size)
    case 2:
      let width = min(size, 8300)
      return [0x8b, UInt8(width & 0xff), UInt8(width >> 8), 0, 0] + [UInt8](repeating: 0x7f, count: width)
    case 3: return list + mark + ExpensiveMessage.repeated([0x4b, generator.byte()], size) + [0x65]
    case 4: return mark + ExpensiveMessage.repeated([0x4e], size) + [0x74]
    default:
      let text = min(size, 4096)
      return [0x58, UInt8(text & 0xff), UInt8(text >> 8), 0, 0] + [UInt8](repeating: 0x62, count: text)
    }
  }
}
