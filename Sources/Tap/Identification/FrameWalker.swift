package import WireFormats

/// Takes frames out of one direction of a stream and knows at which byte each begins.
///
/// It keeps at most ``longestKept`` bytes of a message that is not over, whatever its length: of a longer one it hands out the
/// beginning.
package struct FrameWalker: Sendable {
  /// One frame.
  package struct Frame: Equatable, Sendable {
    /// Where it begins in its direction, in bytes.
    package var offset: Int
    /// The bytes before the message.
    package var prefix: Int
    /// The length of the message in bytes.
    package var length: Int
    /// The message, or its beginning.
    package var payload: [UInt8]

    /// Whether the payload is the whole message.
    package var isWhole: Bool { payload.count == length }
  }

  /// Why the bytes cannot be frames.
  package struct Failure: Equatable, Sendable {
    /// Where the first frame begins that is none.
    package var offset: Int
    /// What is wrong with it.
    package var error: FramingError
    /// Its bytes, and all that came with them.
    package var rest: [UInt8]
  }

  /// The most bytes of a message that are kept.
  package static let longestKept = 256 << 10
  /// What is shown of a longer message.
  private static let shownOfLonger = 4096

  package let framing: Framing
  private let limit: Int
  /// What ends a frame of a framing that has nothing else.
  private let delimiter: [UInt8]
  private let leastFrame: Int
  /// Made when it is needed: most connections are quiet, and its buffer is large.
  private var decoder: FrameDecoder?
  private var frameStart = 0
  private var position = 0
  /// The bytes of the unfinished frame, or the beginning of them.
  private var current: [UInt8] = []
  private var missing: Int
  private var long: Frame?
  /// Whether the frame under way began where nobody looked.
  private var isHeadless = false
  package private(set) var failure: Failure?

  /// Begins at the start of a direction.
  ///
  /// - Parameters:
  ///   - framing: the framing of the stream.
  ///   - offset: where in its direction it begins, in bytes.
  ///   - limit: the largest message that can be meant, in bytes.
  package init(_ framing: Framing, at offset: Int = 0, limit: Int = Framing.defaultLimit) {
    self.framing = framing
    self.limit = limit
    var prefix: [UInt8] = []
    framing.appendPrefix(ofLength: 0, to: &prefix)
    delimiter = prefix.isEmpty ? framing.suffix : []
    leastFrame = max(1, prefix.count + framing.suffix.count)
    missing = leastFrame
    (frameStart, position) = (offset, offset)
  }

  /// The bytes of the frame that is under way.
  package var unfinished: [UInt8] { current }
  /// Where the frame that is under way begins.
  package var unfinishedOffset: Int { frameStart }
  /// How many bytes of the frame under way have come.
  package var unfinishedCount: Int { position - frameStart }
  /// The whole length of the message under way, where its frame says it; nil if not known.
  package var announcedLength: Int? {
    if let long { return long.length }
    // While the length is not known, one byte is asked for at a time.
    guard delimiter.isEmpty, unfinishedCount > 0, missing > 1 else { return nil }
    return unfinishedCount + missing
  }

  /// Takes bytes in.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived; with ``Framing/none`` one message.
  ///   - body: gets each frame as it is complete.
  package mutating func append(_ bytes: ArraySlice<UInt8>, _ body: (Frame) -> Void) {
    guard failure == nil else { return }
    if framing == .none {
      body(Frame(offset: position, prefix: 0, length: bytes.count, payload: Array(bytes)))
      position += bytes.count
      frameStart = position
    } else if delimiter.isEmpty {
      appendPrefixed(bytes, body)
    } else {
      appendDelimited(bytes, body)
    }
  }

  /// Passes over bytes that nobody saw.
  ///
  /// It can go on if they lie within a long frame, or if a delimiter tells where the next one begins.
  ///
  /// - Returns: whether it still knows where the next frame begins.
  package mutating func skip(_ count: Int) -> Bool {
    guard failure == nil else { return false }
    if delimiter.isEmpty && framing != .none {
      guard long != nil, missing > count else { return false }
      missing -= count
      position += count
      return true
    }
    position += count
    frameStart = position
    current = []
    long = nil
    isHeadless = framing != .none
    return true
  }

  // The decoder gets as many bytes as the frame needs at least, and so never one of the next frame.
  private mutating func appendPrefixed(_ bytes: ArraySlice<UInt8>, _ body: (Frame) -> Void) {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let count = min(missing, bytes.endIndex - index)
      let piece = bytes[index..<(index + count)]
      index += count
      position += count
      if long != nil {
        keepBeginning(of: piece)
        missing -= count
        if missing == 0, let frame = long { finish(frame, body) }
        continue
      }
      current += piece
      if decoder == nil { decoder = FrameDecoder(framing, limit: limit) }
      decoder?.append(piece.span)
      do {
        if let payload = try decoder?.next() {
          let prefix = current.count - payload.count - framing.suffix.count
          finish(Frame(offset: frameStart, prefix: max(0, prefix), length: payload.count, payload: payload), body)
          continue
        }
      } catch {
        failure = Failure(offset: frameStart, error: error, rest: current + bytes[index...])
        current = []
        return
      }
      missing = stillMissing
      if missing > Self.longestKept { beginLong() }
    }
  }

  private var stillMissing: Int {
    guard var copy = decoder else { return 1 }
    do {
      try copy.finish()
      return 1
    } catch .truncated(let missing) {
      return missing
    } catch {
      return 1
    }
  }

  /// From here on nothing of the frame is kept but its beginning.
  private mutating func beginLong() {
    let length = missing - framing.suffix.count
    long = Frame(offset: frameStart, prefix: current.count, length: length, payload: [])
    current = []
    decoder = nil
  }

  /// Adds bytes to what is shown of a long message.
  private mutating func keepBeginning(of bytes: ArraySlice<UInt8>) {
    guard let kept = long?.payload.count, kept < Self.shownOfLonger else { return }
    long?.payload += bytes.prefix(Self.shownOfLonger - kept)
  }

  private mutating func finish(_ frame: Frame, _ body: (Frame) -> Void) {
    frameStart = position
    current.removeAll(keepingCapacity: current.capacity <= 4096)
    missing = leastFrame
    var frame = frame
    if long != nil {
      long = nil
      // The last bytes of a short rest may belong to the suffix.
      frame.payload = Array(frame.payload.prefix(frame.length))
    }
    if isHeadless { isHeadless = false } else { body(frame) }
  }

  private mutating func appendDelimited(_ bytes: ArraySlice<UInt8>, _ body: (Frame) -> Void) {
    var rest = bytes
    while !rest.isEmpty {
      guard let end = endOfDelimiter(in: rest) else {
        hold(rest)
        return
      }
      let piece = rest[..<end]
      rest = rest[end...]
      position += piece.count
      let length = position - frameStart - delimiter.count
      if var frame = long {
        frame.payload += piece.prefix(max(0, Self.shownOfLonger - frame.payload.count))
        frame.length = length
        finish(frame, body)
      } else {
        current += piece
        finish(Frame(offset: frameStart, prefix: 0, length: length, payload: Array(current.prefix(length))), body)
      }
    }
  }

  private mutating func hold(_ rest: ArraySlice<UInt8>) {
    position += rest.count
    if long != nil {
      keepBeginning(of: rest)
      long?.length = position - frameStart
      current = Array((current + rest.suffix(delimiter.count)).suffix(delimiter.count - 1))
    } else {
      current += rest
      if current.count > Self.longestKept {
        long = Frame(
          offset: frameStart, prefix: 0, length: current.count, payload: Array(current.prefix(Self.shownOfLonger)))
        current = Array(current.suffix(delimiter.count - 1))
      }
    }
    guard position - frameStart > limit else { return }
    failure = Failure(
      offset: frameStart, error: .tooLarge(length: UInt64(position - frameStart), limit: limit), rest: [])
    current = []
  }

  /// Where the first delimiter ends, which may have begun in earlier bytes.
  private func endOfDelimiter(in bytes: ArraySlice<UInt8>) -> Int? {
    let last = delimiter[delimiter.count - 1]
    var index = bytes.startIndex
    while let found = bytes[index...].firstIndex(of: last) {
      if endsDelimiter(at: found, in: bytes) { return found + 1 }
      index = found + 1
    }
    return nil
  }

  private func endsDelimiter(at index: Int, in bytes: ArraySlice<UInt8>) -> Bool {
    let here = min(delimiter.count, index + 1 - bytes.startIndex)
    guard bytes[(index + 1 - here)...index].elementsEqual(delimiter.suffix(here)) else { return false }
    return here == delimiter.count || current.suffix(delimiter.count - here).elementsEqual(delimiter.dropLast(here))
  }
}
