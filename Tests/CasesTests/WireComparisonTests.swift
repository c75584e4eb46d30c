import Journal
import Places
import Testing
import WireFormats

@testable import Cases

@Suite struct WireComparisonTests {
  /// The fields of two messages, the prefix longer than a payload and shorter than one, and the bytes that they make.
  static let layouts: [[(field: String, bytes: [UInt8])]] = [
    [
      ("length prefix of message 1", bytes("5:")), ("payload of message 1", bytes("hello")),
      ("end mark of message 1", bytes(",")),
      ("length prefix of message 2", bytes("1:")), ("payload of message 2", bytes("x")),
      ("end mark of message 2", bytes(",")),
    ],
    [
      ("length prefix of message 1", bytes("Content-Length: 2\r\n\r\n")), ("payload of message 1", bytes("hi")),
      ("end mark of message 1", []),
      ("length prefix of message 2", bytes("Content-Length: 0\r\n\r\n")), ("payload of message 2", []),
      ("end mark of message 2", []),
    ],
    [
      ("length prefix of message 1", []), ("payload of message 1", bytes("hello")),
      ("end mark of message 1", bytes("\n")),
      ("length prefix of message 2", []), ("payload of message 2", bytes("A")), ("end mark of message 2", bytes("\n")),
    ],
  ]

  @Test(arguments: layouts.indices)
  func isCompleteUnderEverySplit(_ layout: Int) throws {
    let bytes = Self.bytes(of: layout)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let comparison = try Self.comparison(layout, [bytes[..<first], bytes[first..<second], bytes[second...]])
        #expect(comparison.isComplete && comparison.count == bytes.count, "\(first), \(second)")
        #expect(comparison.difference(subject: "", source: "") == nil)
      }
    }
    #expect(try Self.comparison(layout, bytes.indices.map { bytes[$0...$0] }).isComplete)
  }

  @Test(arguments: layouts.indices)
  func namesTheFirstDifferenceAtEveryOffset(_ layout: Int) throws {
    let bytes = Self.bytes(of: layout)
    var differences: [ByteDifference?] = []
    for offset in bytes.indices {
      var seen = bytes
      // The byte after it is wrong too, so that the first is to be found.
      for wrong in offset..<min(offset + 2, bytes.count) { seen[wrong] ^= 0xff }
      let comparisons = try (0...bytes.count).map { cut in
        try Self.comparison(layout, [seen[..<cut], seen[cut...]])
      }
      #expect(comparisons.allSatisfy { !$0.isRightSoFar && !$0.isComplete && $0.count == bytes.count })
      let found = comparisons.map { $0.difference(subject: "it", source: "them") }
      #expect(found.allSatisfy { $0 == found[0] }, "wrong at \(offset), differs with the cut")
      differences.append(found[0])
      #expect(found[0]?.expected == Self.difference(layout, offset, seen).expected)
      #expect(found[0]?.seen == Self.difference(layout, offset, seen).seen)
    }
    #expect(differences.map { $0?.offset } == Array(bytes.indices))
    #expect(differences.map { $0?.field } == bytes.indices.map { Self.difference(layout, $0, bytes).field })
  }

  @Test(arguments: layouts.indices)
  func namesWhatIsMissingAtEveryLength(_ layout: Int) throws {
    let bytes = Self.bytes(of: layout)
    let comparisons = try bytes.indices.map { try Self.comparison(layout, [bytes[..<$0]]) }
    #expect(comparisons.allSatisfy { $0.isRightSoFar && !$0.isComplete })
    let differences = comparisons.map { $0.difference(subject: "it", source: "them") }
    #expect(differences == bytes.indices.map { Self.difference(layout, $0, Array(bytes[..<$0])) })
  }

  @Test(arguments: layouts.indices)
  func namesBytesBeyondTheLastMessage(_ layout: Int) throws {
    let bytes = Self.bytes(of: layout)
    let seen = bytes + Self.bytes("more")
    for cut in 0...seen.count {
      let comparison = try Self.comparison(layout, [seen[..<cut], seen[cut...]])
      #expect(!comparison.isRightSoFar && !comparison.isComplete && comparison.count == seen.count)
      let difference = try #require(comparison.difference(subject: "it", source: "them"))
      #expect(difference.offset == bytes.count && difference.field == "beyond the last message", "cut at \(cut)")
      #expect(difference.seen.hasSuffix(Hex.text(Self.bytes("more"))))
    }
  }

  @Test func expectsNothingOfASideThatSendsNothing() {
    let comparison = WireComparison([])
    #expect(comparison.isComplete && comparison.expectedCount == 0)
  }

  @Test func showsSixteenBytesAroundADifferenceInALongStream() throws {
    let frame = try ExpectedFrame(prefix: [0, 0, 16, 0], payload: Message(length: 4096).payload, suffix: [])
    var bytes = frame.prefix + frame.payload
    bytes[2000] ^= 1
    var comparison = WireComparison([frame])
    for start in stride(from: 0, to: bytes.count, by: 7) {
      comparison.append(bytes[start..<min(start + 7, bytes.count)])
    }
    let difference = try #require(comparison.difference(subject: "it", source: "them"))
    #expect(difference.offset == 2000 && difference.windowStart == 1984)
    #expect(difference.field == "payload of message 1, byte 1996")
    #expect(difference.seen == Hex.text(bytes[1984..<2016]))
    #expect(difference.expected == Hex.text((frame.prefix + frame.payload)[1984..<2016]))
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func bytes(of layout: Int) -> [UInt8] { layouts[layout].flatMap(\.bytes) }

  private static func comparison(_ layout: Int, _ pieces: [ArraySlice<UInt8>]) throws -> WireComparison {
    let fields = layouts[layout].map(\.bytes)
    var comparison = WireComparison(
      try stride(from: 0, to: fields.count, by: 3).map { index in
        try ExpectedFrame(prefix: fields[index], payload: fields[index + 1], suffix: fields[index + 2])
      })
    for piece in pieces { comparison.append(piece) }
    return comparison
  }

  /// The difference at an offset, worked out the plain way.
  private static func difference(_ layout: Int, _ offset: Int, _ seen: [UInt8]) -> ByteDifference {
    var start = 0
    var field = ""
    for part in layouts[layout] {
      if (start..<(start + part.bytes.count)).contains(offset) { field = "\(part.field), byte \(offset - start)" }
      start += part.bytes.count
    }
    let window = max(0, offset - 16)..<(offset + 16)
    var difference = ByteDifference(
      subject: "it", source: "them", offset: offset, field: field, windowStart: window.lowerBound,
      expected: Hex.text(bytes(of: layout).dropFirst(window.lowerBound).prefix(window.count)),
      seen: Hex.text(seen.dropFirst(window.lowerBound).prefix(window.count)))
    // Byte by byte: the name of each that is in the window, and then those alike counted together.
    let names = layouts[layout].flatMap { part in part.bytes.map { _ in part.field } }
    let shown = window.clamped(to: names.indices)
    difference.fields = layouts[layout].map(\.field).compactMap { name in
      let places = shown.filter { names[$0] == name }
      return places.first.map { ByteField(name: name, offset: $0, count: places.count) }
    }
    return difference
  }
}
