import AdapterProtocol
import Testing

@Suite("Lines out of pieces")
struct LineBufferTests {
  static let bytes = Array("hello\n\nopen channel=c\r\nclo".utf8)
  static let lines = ["hello", "", "open channel=c\r"].map { Array($0.utf8) }

  /// Appends a piece and takes out every whole line.
  private func lines(_ buffer: inout LineBuffer, after piece: some Sequence<UInt8>) -> [[UInt8]] {
    buffer.append(piece)
    var lines: [[UInt8]] = []
    while let line = buffer.next() { lines.append(Array(line)) }
    return lines
  }

  @Test("Cut in two at every offset", arguments: 0...bytes.count)
  func split(offset: Int) {
    var buffer = LineBuffer()
    let first = lines(&buffer, after: Self.bytes[..<offset])
    let second = lines(&buffer, after: Self.bytes[offset...])
    #expect(first + second == Self.lines)
    #expect(Array(buffer.pending) == Array("clo".utf8))
  }

  @Test("In single bytes")
  func singleBytes() {
    var buffer = LineBuffer()
    #expect(Self.bytes.flatMap { lines(&buffer, after: [$0]) } == Self.lines)
    #expect(Array(buffer.pending) == Array("clo".utf8))
  }

  @Test("Every composition of a short text", arguments: 0..<(1 << 6))
  func compositions(set: Int) {
    let bytes = Array("ab\n\ncd\n".utf8)
    var buffer = LineBuffer()
    var found: [[UInt8]] = []
    var piece: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      piece.append(byte)
      guard set >> index & 1 == 1 || index == bytes.count - 1 else { continue }
      found += lines(&buffer, after: piece)
      piece = []
    }
    #expect(found == ["ab", "", "cd"].map { Array($0.utf8) })
    #expect(buffer.pending.isEmpty)
  }

  @Test("Lines can wait while more arrives")
  func waiting() {
    var buffer = LineBuffer()
    buffer.append("a\nb\n".utf8)
    #expect(buffer.next().map { Array($0) } == Array("a".utf8))
    buffer.append("c\n".utf8)
    #expect(buffer.next().map { Array($0) } == Array("b".utf8))
    #expect(buffer.next().map { Array($0) } == Array("c".utf8))
    #expect(buffer.next() == nil)
  }

  @Test("What is discarded is gone, and the next line is whole")
  func discarding() {
    var buffer = LineBuffer()
    #expect(lines(&buffer, after: "a\ntoo lo".utf8) == [Array("a".utf8)])
    buffer.discardPending()
    #expect(buffer.pending.isEmpty)
    #expect(lines(&buffer, after: "ng\nb\n".utf8) == ["ng", "b"].map { Array($0.utf8) })
  }

  @Test("Two megabytes in one line, then a short one")
  func longLine() {
    var buffer = LineBuffer()
    let long = [UInt8](repeating: 0x61, count: 2 << 20)
    #expect(lines(&buffer, after: long).isEmpty)
    let found = lines(&buffer, after: "\n".utf8)
    #expect(found.map(\.count) == [2 << 20])
    #expect(lines(&buffer, after: "b\n".utf8) == [Array("b".utf8)])
  }
}
