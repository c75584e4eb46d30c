import Testing
import WireFormats

@testable import Tap

@Suite struct FrameWalkerTests {
  /// Three messages in a framing, the second one empty.
  private static func stream(_ framing: Framing, _ messages: [[UInt8]]) -> [UInt8] {
    messages.flatMap { message in
      var bytes: [UInt8] = []
      framing.appendPrefix(ofLength: message.count, to: &bytes)
      return bytes + message + framing.suffix
    }
  }

  private static let messages = [Array("hello".utf8), [], Array("x".utf8), Array(repeating: 0x61, count: 300)]

  @Test(arguments: Framing.allCases.filter { $0 != .none })
  func framesAndTheirOffsetsAreTheSameHoweverTheStreamIsCut(_ framing: Framing) {
    let stream = Self.stream(framing, Self.messages)
    for size in [1, 2, 3, 7, 64, stream.count] {
      var (walker, frames) = (FrameWalker(framing), [FrameWalker.Frame]())
      for start in stride(from: 0, to: stream.count, by: size) {
        walker.append(stream[start..<min(stream.count, start + size)]) { frames.append($0) }
      }
      #expect(frames.map(\.payload) == Self.messages, "pieces of \(size)")
      for frame in frames {
        #expect(Array(stream[(frame.offset + frame.prefix)...].prefix(frame.length)) == frame.payload)
      }
      #expect(walker.failure == nil && walker.unfinishedCount == 0)
    }
  }

  @Test(arguments: Framing.allCases.filter { $0 != .none })
  func ofALongMessageOnlyTheBeginningIsKept(_ framing: Framing) {
    let long = Array(repeating: UInt8(ascii: "l"), count: FrameWalker.longestKept * 3 + 1)
    let stream = Self.stream(framing, [long, Array("after".utf8)])
    var (walker, frames) = (FrameWalker(framing), [FrameWalker.Frame]())
    for start in stride(from: 0, to: stream.count, by: 100_000) {
      walker.append(stream[start..<min(stream.count, start + 100_000)]) { frames.append($0) }
      #expect(walker.unfinished.count <= FrameWalker.longestKept)
    }
    #expect(frames.map(\.length) == [long.count, 5])
    #expect(frames.first?.payload == Array(long.prefix(4096)) && frames.first?.isWhole == false)
    #expect(frames.last?.payload == Array("after".utf8))
  }

  @Test func whatIsNoFrameFailsAtItsFirstByte() {
    var (walker, frames) = (FrameWalker(.netstring), [FrameWalker.Frame]())
    walker.append(Array("5:hello,4:oops!rest".utf8)[...]) { frames.append($0) }
    #expect(frames.map(\.length) == [5])
    #expect(walker.failure?.offset == 8)
    #expect(walker.failure?.rest == Array("4:oops!rest".utf8))
  }

  @Test func aStreamWithoutEndOfMessageIsNotKept() {
    var walker = FrameWalker(.line, limit: 1 << 20)
    let piece = [UInt8](repeating: 0x61, count: 100_000)
    for _ in 0..<10 { walker.append(piece[...]) { _ in Issue.record("there is no line") } }
    #expect(walker.failure == nil && walker.unfinished.isEmpty && walker.unfinishedCount == 1_000_000)
    walker.append(piece[...]) { _ in Issue.record("there is no line") }
    #expect(walker.failure?.offset == 0)
  }

  @Test func bytesThatNobodySawArePassedOverInsideALongMessageOnly() {
    var walker = FrameWalker(.u32le)
    walker.append([0, 0, 16, 0, 1, 2][...]) { _ in }
    let isInside = walker.skip(1_000_000)
    #expect(isInside)
    var lengths: [Int] = []
    walker.append([UInt8](repeating: 0, count: (1 << 20) - 1_000_002)[...]) { lengths.append($0.length) }
    #expect(lengths == [1 << 20])
    let isLost = !walker.skip(1)
    #expect(isLost)
  }
}
