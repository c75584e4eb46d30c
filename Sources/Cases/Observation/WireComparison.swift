package import Journal
import WireFormats

/// Compares a side's bytes with the vectors as they arrive, in bounded memory.
package struct WireComparison: Sendable {
  private let frames: [ExpectedFrame]
  /// Whether the expected bytes are known; if not, all bytes are accepted.
  package let isCompared: Bool
  private var frameIndex = 0
  private var offsetInFrame = 0
  /// The number of bytes that have arrived.
  package private(set) var count = 0
  private var mismatch: Int?
  private var mismatchPlace: WirePlace?
  private var before: [UInt8] = []
  /// The first bytes that have arrived, if they are not compared.
  private var seen: [UInt8] = []
  private var after: [UInt8] = []

  /// The number of expected bytes.
  package let expectedCount: Int

  private static let mostSeen = 4 << 20

  /// Whether the stream may have contained a message; every framing keeps a message's bytes together.
  package func mayHaveCarried(_ message: [UInt8]) -> Bool {
    isCompared || count > seen.count || message.isEmpty || seen.firstRange(of: message) != nil
  }

  /// The number of bytes shown before and after a difference.
  private static let context = 16

  package init(_ frames: [ExpectedFrame]?) {
    self.frames = frames ?? []
    isCompared = frames != nil
    expectedCount = self.frames.reduce(0) { $0 + $1.count }
  }

  /// Whether all bytes so far are right.
  package var isRightSoFar: Bool { mismatch == nil }

  /// Whether all expected bytes have arrived and are right.
  package var isComplete: Bool { !isCompared || mismatch == nil && count == expectedCount }

  /// Compares the next bytes.
  package mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard isCompared else {
      count += bytes.count
      seen.append(contentsOf: bytes.prefix(Self.mostSeen - seen.count))
      return
    }
    var rest = bytes
    while mismatch == nil, !rest.isEmpty {
      guard let run = nextRun() else {
        note(rest, at: WirePlace(part: .beyond))
        return
      }
      let length = min(run.bytes.count, rest.count)
      let piece = rest.prefix(length)
      if piece.isSame(as: run.bytes.prefix(length)) {
        advance(piece)
        rest = rest.dropFirst(length)
      } else {
        let same = zip(piece, run.bytes).prefix { $0 == $1 }.count
        advance(piece.prefix(same))
        var place = run.place
        place.byte += same
        note(rest.dropFirst(same), at: place)
        return
      }
    }
    if mismatch != nil {
      count += rest.count
      keepAfter(rest)
    }
  }

  /// Where the bytes first differ or end early; nil if all are right.
  package var place: WirePlace? { isComplete ? nil : mismatch == nil ? nextRun()?.place : mismatchPlace }

  /// The first difference, with context; nil if all bytes are right.
  ///
  /// - Parameters:
  ///   - subject: a phrase for the bytes, for messages.
  ///   - source: the origin of the expected bytes, for messages.
  /// - Returns: the difference.
  package func difference(subject: String, source: String) -> ByteDifference? {
    guard !isComplete else { return nil }
    let offset = mismatch ?? count
    let windowStart = offset - before.count
    let parts = expectedParts(windowStart..<(offset + Self.context))
    var difference = ByteDifference(
      subject: subject, source: source, offset: offset, field: place?.description ?? "", windowStart: windowStart,
      expected: Hex.text(parts.flatMap(\.bytes)), seen: Hex.text(before + after))
    difference.fields = parts.map(\.field)
    return difference
  }

  /// The rest of the next expected field.
  private func nextRun() -> (bytes: ArraySlice<UInt8>, place: WirePlace)? {
    var index = frameIndex
    var offset = offsetInFrame
    while index < frames.count {
      for (part, bytes) in frames[index].parts {
        if offset < bytes.count {
          return (bytes[offset...], WirePlace(part: part, message: index + 1, byte: offset))
        }
        offset -= bytes.count
      }
      offset = 0
      index += 1
    }
    return nil
  }

  private mutating func advance(_ piece: ArraySlice<UInt8>) {
    count += piece.count
    offsetInFrame += piece.count
    before = Array((before + piece.suffix(Self.context)).suffix(Self.context))
    while frameIndex < frames.count, offsetInFrame >= frames[frameIndex].count {
      offsetInFrame -= frames[frameIndex].count
      frameIndex += 1
    }
  }

  private mutating func note(_ rest: ArraySlice<UInt8>, at place: WirePlace) {
    mismatch = count
    mismatchPlace = place
    count += rest.count
    keepAfter(rest)
  }

  private mutating func keepAfter(_ bytes: ArraySlice<UInt8>) {
    after.append(contentsOf: bytes.prefix(Self.context - after.count))
  }

  /// The parts of the expected bytes in a range.
  private func expectedParts(_ range: Range<Int>) -> [(field: ByteField, bytes: ArraySlice<UInt8>)] {
    var parts: [(field: ByteField, bytes: ArraySlice<UInt8>)] = []
    var offset = 0
    for (index, frame) in frames.enumerated() where offset < range.upperBound {
      for (part, bytes) in frame.parts {
        let shown = range.clamped(to: offset..<(offset + bytes.count))
        if !shown.isEmpty {
          let name = WirePlace(part: part, message: index + 1).field
          let field = ByteField(name: name, offset: shown.lowerBound, count: shown.count)
          let start = bytes.startIndex - offset
          parts.append((field, bytes[(start + shown.lowerBound)..<(start + shown.upperBound)]))
        }
        offset += bytes.count
      }
    }
    return parts
  }
}
