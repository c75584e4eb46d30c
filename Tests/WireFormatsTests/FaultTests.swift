import Testing
import WireFormats

@Suite("Bytes that are no frame are refused, however they are cut")
struct FaultTests {
  @Test(
    "Every fault of the vectors, in two pieces at every offset and in single bytes",
    arguments: Framing.ofStreams)
  func vectors(framing: Framing) throws {
    for fault in try Vectors.of(framing).faults {
      let fresh = FrameDecoder(framing, limit: fault.limit)
      let bytes = fault.bytes.bytes
      for cuts in Cuts.intoTwo(bytes.count) + [Cuts.everywhere(bytes.count)] {
        let decoded = fresh.decode(bytes, cutAt: cuts)
        #expect(decoded == Decoded(end: fault.kind), "\(fault.scenario), cut at \(cuts)")
      }
    }
  }

  @Test("Messages before the fault come out first", arguments: Framing.ofStreams)
  func afterMessages(framing: Framing) throws {
    let vectors = try Vectors.of(framing)
    let frame = try #require(vectors.frame(ofLength: 5))
    let good = frame.bytes(in: framing)
    let right = frame.payload(in: framing)
    for fault in vectors.faults {
      let fresh = FrameDecoder(framing, limit: fault.limit)
      let bytes = good + good + fault.bytes.bytes
      for cuts in Cuts.intoTwo(bytes.count) + [Cuts.everywhere(bytes.count)] {
        let decoded = fresh.decode(bytes, cutAt: cuts)
        #expect(
          decoded == Decoded(messages: [right, right], end: fault.kind), "\(fault.scenario), cut at \(cuts)")
      }
    }
  }

  @Test("After an error nothing but the same error comes, whatever arrives", arguments: Framing.ofStreams)
  func persistence(framing: Framing) throws {
    let vectors = try Vectors.of(framing)
    let fault = try #require(vectors.faults.first)
    let bytes = fault.bytes.bytes
    let good = try #require(vectors.frame(ofLength: 5)).bytes(in: framing)
    var decoder = FrameDecoder(framing, limit: fault.limit)
    decoder.append(bytes.span)
    let error = try #require(throws: FramingError.self) { try decoder.next() }
    decoder.append(good.span)
    #expect(throws: error) { try decoder.next() }
    #expect(throws: error) { try decoder.finish() }
  }
}
