public import WireFormats

/// A message that is built to cost more than it looks: by the memo, by depth, by digits or by width.
public struct ExpensiveMessage: Sendable {
  /// What reads it.
  public var codec: Codec
  /// The format, for `struct`.
  public var format: String?
  /// The message.
  public var bytes: [UInt8]

  /// Makes one: mostly of a few hundred bytes, one in two thousand of up to a mebibyte.
  public init(from generator: inout SeededGenerator) {
    let exponent = generator.below(2000) == 0 ? 16 + generator.below(5) : 5 + generator.below(7)
    let size = 1 << exponent + generator.below(1 << exponent)
    codec = .pickle
    switch generator.below(12) {
    case 0...2: bytes = ExpensivePickle.memo(size, from: &generator)
    case 3, 4: bytes = ExpensivePickle.depth(size, from: &generator)
    case 5, 6: bytes = ExpensivePickle.digits(size, from: &generator)
    case 7, 8: bytes = ExpensivePickle.width(size, from: &generator)
    case 9, 10:
      codec = .json
      bytes = Self.json(size, from: &generator)
    default: (codec, format, bytes) = Self.memory(size, from: &generator)
    }
    // The edges of what was meant are as interesting.
    if generator.below(8) == 0, !bytes.isEmpty { bytes[generator.below(bytes.count)] = generator.byte() }
  }

  private static func json(_ size: Int, from generator: inout SeededGenerator) -> [UInt8] {
    func list(_ part: String) -> [UInt8] {
      Array("[".utf8) + repeated(Array("\(part),".utf8), size) + Array("null]".utf8)
    }
    switch generator.below(8) {
    case 0:
      return list(generator.pick(["[]", "{}", "1", "\"\"", "null", "300", "\"ab\"", "1e9", "[[1]]", "{\"\":1}"]) ?? "")
    case 1: return list(String(repeating: "7", count: 1 + generator.below(20_002)))
    case 2: return list("0." + String(repeating: "3", count: 1 + generator.below(20_002)))
    case 3:
      let depth = min(size, 190 + generator.below(20))
      let part = [UInt8](repeating: 0x5b, count: depth) + [UInt8](repeating: 0x5d, count: depth)
      return Array("[".utf8) + repeated(part + [0x2c], size) + Array("1]".utf8)
    case 4: return [UInt8](repeating: generator.pick(Array("[{\"1-".utf8)) ?? 0, count: size)
    case 5: return Array("\"".utf8) + repeated(Array("\\u00e9".utf8), size) + Array("\"".utf8)
    case 6: return Array("{".utf8) + (0..<(size / 8)).flatMap { Array("\"\($0)\":1,".utf8) } + Array("\"\":1}".utf8)
    default: return repeated(Array("{\"a\":".utf8), min(size, 1000)) + repeated(Array("1}".utf8), size)
    }
  }

  /// A `struct`, or the memory of a shareable list.
  private static func memory(
    _ size: Int, from generator: inout SeededGenerator
  ) -> (Codec, String?, [UInt8]) {
    if generator.below(2) == 0 {
      let (character, width) =
        generator.pick([("b", 1), ("B", 1), ("c", 1), ("?", 1), ("H", 2), ("i", 4), ("e", 2)]) ?? ("B", 1)
      return (.structure, "<\(size / width)\(character)", generator.bytes(size / width * width))
    }
    let count = size / 17
    let codec: Codec = generator.below(2) == 0 ? .shareableList : .shareableList38
    // All items are empty but for what the end of the memory says that they are.
    var bytes: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    bytes += [UInt8](repeating: 0, count: 8 * (codec == .shareableList ? count + 1 : count))
    bytes += repeated(Array("0s".utf8) + [0, 0, 0, 0, 0, 0], 8 * count)
    bytes += [UInt8](repeating: generator.below(2) == 0 ? 1 : 2, count: count)
    return (codec, nil, bytes)
  }

  /// A piece as often as fits, once at least.
  static func repeated(_ piece: [UInt8], _ size: Int) -> [UInt8] {
    Array(repeatElement(piece, count: max(1, size / max(1, piece.count))).joined())
  }
}
