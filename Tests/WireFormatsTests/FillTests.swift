import Testing
import WireFormats

@Suite("fill puts bytes straight into the decoder")
struct FillTests {
  @Test("Bytes put in place are decoded like appended ones", arguments: Framing.ofStreams)
  func inPlace(framing: Framing) throws {
    let frame = try #require(try Vectors.of(framing).frame(ofLength: 300))
    var decoder = FrameDecoder(framing)
    for byte in frame.bytes(in: framing) {
      let count = decoder.fill { space in
        space[0] = byte
        return 1
      }
      #expect(count == 1)
    }
    #expect(try decoder.next() == frame.payload(in: framing))
  }

  @Test("Once a frame's length is known the space for all of it is offered, for one system call")
  func wholeFrame() throws {
    let prefix: [UInt8] = [0, 16, 0, 0]
    var decoder = FrameDecoder(.multiprocessing)
    decoder.append(prefix.span)
    #expect(try decoder.next() == nil)
    let offered = decoder.fill { space in space.count }
    #expect(offered >= 1 << 20)
  }

  @Test("What the closure throws comes out, and the stream goes on")
  func throwing() throws {
    struct Interrupted: Error {}
    let line = Array("hello\n".utf8)
    var decoder = FrameDecoder(.line)
    #expect(throws: Interrupted.self) {
      try decoder.fill { _ throws(Interrupted) in throw Interrupted() }
    }
    decoder.append(line.span)
    #expect(try decoder.next() == Array("hello".utf8))
  }
}
