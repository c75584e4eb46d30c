import Testing
import WireFormats

@Suite("none keeps the pieces")
struct PacketDecodingTests {
  @Test("Each piece is one message, an empty one too")
  func pieces() throws {
    let pieces: [[UInt8]] = [[1, 2, 3], [], [10], Array(repeating: 7, count: 70_000), []]
    var decoder = FrameDecoder(.none)
    for piece in pieces { decoder.append(piece.span) }
    for piece in pieces { #expect(try decoder.next() == piece) }
    #expect(try decoder.next() == nil)
    try decoder.finish()
  }

  @Test("A piece over the limit is too large, and it stays so")
  func limit() throws {
    let (fits, exceeds) = ([UInt8](repeating: 1, count: 4), [UInt8](repeating: 1, count: 5))
    var decoder = FrameDecoder(.none, limit: 4)
    decoder.append(fits.span)
    decoder.append(exceeds.span)
    decoder.append(fits.span)
    #expect(try decoder.next() == fits)
    for _ in 0..<2 {
      #expect(throws: FramingError.tooLarge(length: 5, limit: 4)) { try decoder.next() }
    }
  }

  @Test("reserve makes room for a whole packet", arguments: [1, 32_768, 100_000])
  func room(count: Int) {
    var decoder = FrameDecoder(.none)
    decoder.reserve(count)
    let offered = decoder.fill { space in space.count }
    #expect(offered >= count)
  }
}
