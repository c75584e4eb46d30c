import Testing
import WireFormats

@Suite("A length is checked before anything is allocated for it")
struct LimitTests {
  @Test("A message at the limit is accepted, one byte more is too large", arguments: Framing.ofStreams)
  func atTheLimit(framing: Framing) throws {
    for frame in try Vectors.of(framing).frames where 1...300 ~= frame.length {
      let bytes = frame.bytes(in: framing)
      let fitting = FrameDecoder(framing, limit: frame.length).decode(bytes)
      #expect(fitting == Decoded(messages: [frame.payload(in: framing)]), "length \(frame.length)")
      let exceeding = FrameDecoder(framing, limit: frame.length - 1).decode(bytes)
      #expect(exceeding == Decoded(end: .tooLarge), "length \(frame.length)")
    }
  }

  @Test("2 GiB are refused at their announcement", arguments: Framing.ofStreams.filter { $0 != .line })
  func announced(framing: Framing) {
    var prefix: [UInt8] = []
    framing.appendPrefix(ofLength: 2 << 30, to: &prefix)
    var decoder = FrameDecoder(framing)
    decoder.append(prefix.span)
    let error = #expect(throws: FramingError.self) { try decoder.next() }
    #expect(error?.kind == .tooLarge)
    // Had the decoder prepared for the frame, it would offer the room.
    let offered = decoder.fill { space in space.count }
    #expect(offered < 1 << 20)
  }

  @Test("A line that does not end is refused one byte after the limit")
  func endlessLine() throws {
    let piece = [UInt8](repeating: 0x20, count: 1000)
    let one: [UInt8] = [0x20]
    var decoder = FrameDecoder(.line, limit: 100_000)
    for _ in 0..<100 {
      decoder.append(piece.span)
      #expect(try decoder.next() == nil)
    }
    decoder.append(one.span)
    #expect(throws: FramingError.tooLarge(length: 100_001, limit: 100_000)) { try decoder.next() }
  }

  @Test("Without a limit, the largest length is no trap", arguments: Framing.ofStreams.filter { $0 != .line })
  func largest(framing: Framing) async {
    // A process of its own: what is asked here is that it lives.
    switch framing {
    case .multiprocessing:
      await #expect(processExitsWith: .success) { feed(.multiprocessing, "ffffffff7fffffffffffffff") }
    case .varint: await #expect(processExitsWith: .success) { feed(.varint, "ffffffffffffffff7f") }
    case .netstring:
      await #expect(processExitsWith: .success) { feed(.netstring, Hex.text("92233720368547758079:".utf8)) }
    case .contentLength:
      await #expect(processExitsWith: .success) {
        feed(.contentLength, Hex.text("Content-Length: 9223372036854775807\r\n\r\n".utf8))
      }
    default: await #expect(processExitsWith: .success) { feed(.u32le, "ffffffff") }
    }
  }
}

/// Decodes the start of a frame with the largest limit there is.
private func feed(_ framing: Framing, _ hex: String) {
  let bytes = Hex.bytes(hex.utf8) ?? []
  var decoder = FrameDecoder(framing, limit: .max)
  decoder.append(bytes.span)
  _ = try? decoder.next()
}
