import Testing
import WireFormats

@Suite("A stream that ends inside a frame is truncated")
struct TruncationTests {
  @Test("At every offset of two frames; between frames the end is clean", arguments: Framing.ofStreams)
  func everyOffset(framing: Framing) throws {
    let fresh = FrameDecoder(framing)
    for frame in try Vectors.of(framing).frames where frame.length <= 300 {
      let bytes = frame.bytes(in: framing)
      let payload = frame.payload(in: framing)
      for offset in 0...(2 * bytes.count) {
        let (whole, rest) = offset.quotientAndRemainder(dividingBy: bytes.count)
        let right = Decoded(
          messages: Array(repeating: payload, count: whole), end: rest == 0 ? nil : .truncated)
        let decoded = fresh.decode(Array((bytes + bytes).prefix(offset)))
        guard decoded == right else {
          Issue.record("length \(frame.length), cut off at \(offset): \(decoded)")
          break
        }
      }
    }
  }

  @Test("The end is truncated too before next was asked")
  func unasked() {
    let bytes: [UInt8] = [0, 0]
    var decoder = FrameDecoder(.multiprocessing)
    decoder.append(bytes.span)
    #expect(throws: FramingError.truncated(missing: 1)) { try decoder.finish() }
  }

  @Test("The error says how many bytes are missing, once that is known")
  func missing() throws {
    let bytes: [UInt8] = [0, 0, 0, 10, 1, 2, 3]
    var decoder = FrameDecoder(.multiprocessing)
    decoder.append(bytes.span)
    #expect(try decoder.next() == nil)
    #expect(throws: FramingError.truncated(missing: 7)) { try decoder.finish() }
  }
}
