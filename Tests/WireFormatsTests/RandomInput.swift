import TestInputs
import WireFormats

/// A random byte stream and a random way to cut it.
struct RandomInput {
  var bytes: [UInt8]
  var cuts: [Int] = []
  /// The messages whose frames the bytes are; nil if they were damaged or never were frames.
  var messages: [[UInt8]]?

  init(_ framing: Framing, from generator: inout SeededGenerator) {
    switch generator.below(4) {
    case 0:
      bytes = Self.bytes(generator.below(40), from: &generator)
    case 1:
      (bytes, messages) = Self.frames(framing, from: &generator)
    default:
      (bytes, _) = Self.frames(framing, from: &generator)
      for _ in 0...generator.below(3) { damage(from: &generator) }
    }
    var offset = 0
    let longest = 1 + generator.below(16)
    while true {
      // An empty piece is a piece like any other.
      offset += generator.below(longest + 1)
      guard offset < bytes.count else { break }
      cuts.append(offset)
    }
  }

  private static func bytes(_ count: Int, from generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: generator.next())) }
    return bytes
  }

  private static func frames(
    _ framing: Framing, from generator: inout SeededGenerator
  ) -> ([UInt8], [[UInt8]]) {
    var bytes: [UInt8] = []
    var messages: [[UInt8]] = []
    for _ in 0...generator.below(3) {
      var message = self.bytes(generator.below(16), from: &generator)
      if framing == .line { message = message.filter { $0 != 0x0a } }
      framing.appendPrefix(ofLength: message.count, to: &bytes)
      bytes += message
      bytes += framing.suffix
      messages.append(message)
    }
    return (bytes, messages)
  }

  /// Changes, doubles, removes or cuts off at a random place.
  private mutating func damage(from generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = generator.below(bytes.count)
    switch generator.below(5) {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
    case 1: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 2: bytes.insert(bytes[place], at: place)
    case 3: bytes.remove(at: place)
    default: bytes.removeSubrange(place...)
    }
  }
}
