import Foundation
import WireFormats

/// How well one framing explains the first bytes of one direction.
struct FramingFit: Equatable, Sendable {
  /// What the framing was tried on.
  let framing: Framing
  /// The messages found.
  private(set) var frames: [FrameWalker.Frame] = []
  /// How many messages of each content there are, by its name.
  private(set) var contents: [String: Int] = [:]
  /// Where the first frame begins that is none, and why; nil if all bytes fit.
  private(set) var failure: FrameWalker.Failure?
  /// Bits of evidence for the framing: how improbable it is that other bytes look like this.
  private(set) var evidence = 0.0
  /// How many bytes belong to no whole frame.
  private(set) var leftCount = 0
  /// The length that the unfinished frame announces.
  private(set) var announcedLength: Int?

  /// Tries a framing.
  ///
  /// - Parameters:
  ///   - framing: the framing.
  ///   - bytes: the direction's bytes so far, from its start.
  ///   - choice: how messages are read.
  ///   - hasChallenge: whether a challenge of Python's handshake is among the bytes of either direction.
  init(_ framing: Framing, on bytes: [UInt8], choice: CodecChoice, hasChallenge: Bool) {
    self.framing = framing
    var walker = FrameWalker(framing)
    var (position, found) = (0, [FrameWalker.Frame]())
    walker.append(bytes[...]) { found.append($0) }
    frames = found
    failure = walker.failure
    leftCount = walker.failure == nil ? walker.unfinishedCount : 0
    announcedLength = walker.announcedLength
    var (contentBits, framingBits) = (0.0, 0.0)
    // Where even the lengths are letters, that the rest is text says nothing for them.
    let isPlainText = framing.hasBinaryMarks && Content(bytes, as: .text).name == "text"
    for frame in frames {
      framingBits += Self.framingBits(frame, framing, remaining: bytes.count - position)
      position = frame.offset + frame.prefix + frame.length + framing.suffix.count
      // The first few tell what the others are.
      guard frame.isWhole, contents.values.reduce(0, +) < 32 else { continue }
      let content = Content(frame.payload, as: choice, answersChallenge: hasChallenge)
      contents[content.name, default: 0] += 1
      if case .text = content, isPlainText { contentBits -= 12 } else { contentBits += content.evidence }
      if framing.isTextual, case .binary = content, !frame.payload.isEmpty { contentBits -= 24 }
    }
    let count = Double(max(1, contents.values.reduce(0, +)))
    evidence = min(framingBits, 120) + min(contentBits / count * min(count, 3), 80)
    // That the bytes end where a frame ends is no accident either.
    if leftCount == 0, failure == nil, !frames.isEmpty { evidence += log2(Double(max(2, bytes.count))) }
    if frames.isEmpty, let length = announcedLength, failure == nil {
      // The beginning of one long message: only its length speaks.
      let width = 8.0 * Double(max(1, bytes.count - leftCount + Self.width(of: framing)))
      evidence = max(0, width - log2(Double(max(length, 2))))
    }
    // Messages without content could be any zeros.
    if !frames.isEmpty, frames.allSatisfy({ $0.length == 0 }) { evidence = min(evidence, 4) }
  }

  /// Whether the direction is explained: nothing contradicts, and something speaks for it.
  var fits: Bool { failure == nil && evidence > 0 }

  /// How improbable a frame's marks are.
  private static func framingBits(_ frame: FrameWalker.Frame, _ framing: Framing, remaining: Int) -> Double {
    if framing == .none { return 0 }
    if framing == .contentLength { return 100 }
    if framing == .netstring { return 16 + 4.7 * Double(frame.prefix - 1) }
    let delimiter = framing.suffix
    if frame.prefix == 0 { return delimiter.isEmpty ? 4 : 3 + 5 * Double(delimiter.count - 1) }
    if frame.length == 0 { return 2 }
    // Any length up to the bytes that are there would have passed.
    return max(0, 8 * Double(min(frame.prefix, 8)) - log2(Double(remaining + 1)))
  }

  private static func width(of framing: Framing) -> Int {
    var prefix: [UInt8] = []
    framing.appendPrefix(ofLength: 0, to: &prefix)
    return prefix.count
  }
}

extension Framing {
  /// Whether it is made for text: a message with other bytes speaks against it.
  fileprivate var isTextual: Bool {
    var prefix: [UInt8] = []
    appendPrefix(ofLength: 0, to: &prefix)
    return prefix.isEmpty && !suffix.isEmpty
  }

  /// Whether its marks are numbers in binary.
  fileprivate var hasBinaryMarks: Bool {
    var prefix: [UInt8] = []
    appendPrefix(ofLength: 300, to: &prefix)
    return prefix.contains { $0 < 0x09 || $0 > 0x7e }
  }

  /// What marks a message off, as a phrase.
  package var explanation: String {
    switch self {
    case .multiprocessing: "a 4-byte big-endian length before it"
    case .u32le: "a 4-byte little-endian length before it"
    case .line: "a line feed after it"
    case .netstring: "a decimal length and a colon before it, a comma after it"
    case .varint: "a variable-length number (LEB128) before it"
    case .contentLength: "a Content-Length header before it"
    case .none: "nothing: the transport keeps the bounds, or there are none"
    }
  }
}
