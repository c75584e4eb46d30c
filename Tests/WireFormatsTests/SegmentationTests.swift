import Testing
import WireFormats

@Suite("However a stream is cut, the same messages come out")
struct SegmentationTests {
  @Test(
    "Every vector up to 300 bytes, in two pieces at every offset and in single bytes",
    arguments: Framing.ofStreams)
  func twoPieces(framing: Framing) throws {
    let fresh = FrameDecoder(framing)
    for frame in try Vectors.of(framing).frames where frame.length <= 300 {
      let bytes = frame.bytes(in: framing)
      let right = Decoded(messages: [frame.payload(in: framing)])
      for cuts in Cuts.intoTwo(bytes.count) + [Cuts.everywhere(bytes.count)] {
        let decoded = fresh.decode(bytes, cutAt: cuts)
        guard decoded == right else {
          Issue.record("length \(frame.length), cut at \(cuts): \(decoded)")
          break
        }
      }
    }
  }

  @Test("Every short vector, in every composition into pieces", arguments: Framing.ofStreams)
  func compositions(framing: Framing) throws {
    let fresh = FrameDecoder(framing)
    // The shortest content-length frame has 21 bytes and a million compositions; those into three pieces are enough.
    for frame in try Vectors.of(framing).frames where frame.length <= 10 {
      let bytes = frame.bytes(in: framing)
      let right = Decoded(messages: [frame.payload(in: framing)])
      for cuts in bytes.count <= 12 ? Cuts.all(bytes.count) : Cuts.intoThree(bytes.count) {
        let decoded = fresh.decode(bytes, cutAt: cuts)
        guard decoded == right else {
          Issue.record("length \(frame.length), cut at \(cuts): \(decoded)")
          break
        }
      }
    }
  }

  @Test("Several messages, in two pieces at every offset and in single bytes", arguments: Framing.ofStreams)
  func sequence(framing: Framing) throws {
    let fresh = FrameDecoder(framing)
    let vectors = try Vectors.of(framing)
    let frames = try [5, 0, 0, 128, 1, 300, 17].map { try #require(vectors.frame(ofLength: $0)) }
    let bytes = frames.flatMap { $0.bytes(in: framing) }
    let right = Decoded(messages: frames.map { $0.payload(in: framing) })
    for cuts in Cuts.intoTwo(bytes.count) + [Cuts.everywhere(bytes.count)] {
      #expect(fresh.decode(bytes, cutAt: cuts) == right, "cut at \(cuts)")
    }
  }

  @Test(
    "A large message between two small ones, in pieces of 65,536 and a few bytes",
    arguments: Framing.ofStreams)
  func large(framing: Framing) throws {
    let vectors = try Vectors.of(framing)
    let frames = try [5, 65_537, 1_048_576, 1].map { try #require(vectors.frame(ofLength: $0)) }
    let bytes = frames.flatMap { $0.bytes(in: framing) }
    let right = Decoded(messages: frames.map { $0.payload(in: framing) })
    for size in [65_536, 65_521, 100_003] {
      let cuts = Array(stride(from: size, to: bytes.count, by: size))
      #expect(FrameDecoder(framing).decode(bytes, cutAt: cuts) == right, "pieces of \(size)")
    }
  }

  @Test("Messages that wait in the decoder come out one by one", arguments: Framing.ofStreams)
  func waiting(framing: Framing) throws {
    let frame = try #require(try Vectors.of(framing).frame(ofLength: 5))
    let bytes = frame.bytes(in: framing)
    var decoder = FrameDecoder(framing)
    for _ in 0..<3 { decoder.append(bytes.span) }
    for _ in 0..<3 { #expect(try decoder.next() == frame.payload(in: framing)) }
    #expect(try decoder.next() == nil)
    try decoder.finish()
  }

  @Test("withNext lends what next copies", arguments: Framing.ofStreams)
  func lending(framing: Framing) throws {
    let frame = try #require(try Vectors.of(framing).frame(ofLength: 300))
    let bytes = frame.bytes(in: framing)
    var decoder = FrameDecoder(framing)
    decoder.append(bytes.span)
    let lent = try decoder.withNext { message in message.withUnsafeBufferPointer { Array($0) } }
    #expect(lent == frame.payload(in: framing))
    #expect(try decoder.withNext { $0.count } == nil)
  }
}
