#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takes messages out of a byte stream, however the stream is cut into pieces.
///
/// The decoder does no I/O: bytes go in with ``append(_:)`` or ``fill(_:)``, messages come out of ``next()``, and
/// ``finish()`` tells a clean end of the stream from one inside a frame. It allocates nothing for a length that it has
/// not checked against its limit.
///
/// ```swift
/// var decoder = FrameDecoder(.line)
/// decoder.append(Array("hello\nwor".utf8).span)
/// try decoder.next()    // "hello"
/// try decoder.next()    // nil: more is needed
/// try decoder.finish()  // throws truncated
/// ```
///
/// With ``Framing/none`` each piece that goes in is one message.
public struct FrameDecoder: Sendable {
  /// The framing of the stream.
  public let framing: Framing
  /// The largest message accepted, in bytes.
  ///
  /// A new limit counts from the next frame on.
  public var limit: Int

  @usableFromInline var storage: [UInt8]
  private var start = 0
  @usableFromInline var end = 0
  private var scanned = 0
  private var extent: FrameExtent?
  @usableFromInline var packets: [Int] = []
  private var failure: FramingError?

  private static let initialCapacity = 32 << 10
  private static let keptCapacity = 1 << 20

  /// Makes a decoder at the start of a stream.
  ///
  /// - Parameters:
  ///   - framing: the framing of the stream.
  ///   - limit: the largest message to accept, in bytes; 64 MiB unless given.
  public init(_ framing: Framing, limit: Int = Framing.defaultLimit) {
    self.framing = framing
    self.limit = limit
    storage = Array(repeating: 0, count: Self.initialCapacity)
  }

  /// Adds bytes that have arrived.
  public mutating func append(_ bytes: Span<UInt8>) {
    var offset = 0
    repeat {
      // The free space may be smaller than the piece; a packet must stay whole.
      if framing == .none { reserve(bytes.count) }
      _ = fill { space in
        let count = min(space.count, bytes.count - offset)
        bytes.extracting(offset..<(offset + count)).withUnsafeBytes {
          space.copyMemory(from: UnsafeRawBufferPointer($0))
        }
        offset += count
        return count
      }
    } while offset < bytes.count
  }

  /// Lets a closure put bytes straight into the decoder's buffer, which spares a copy.
  ///
  /// - Parameter read: gets the free space, at least one byte, and returns how many bytes it put there.
  /// - Returns: what the closure returned.
  /// - Throws: what the closure throws.
  @inlinable
  public mutating func fill<E: Error>(
    _ read: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) -> Int {
    makeRoom()
    let free = end..<storage.count
    let count = try storage.withUnsafeMutableBufferPointer { buffer throws(E) -> Int in
      try read(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[free])))
    }
    end += count
    if framing == .none { packets.append(count) }
    return count
  }

  /// Makes sure that the next ``fill(_:)`` offers at least so many bytes, for a transport that delivers whole packets.
  public mutating func reserve(_ count: Int) {
    if storage.count - end < count { grow(to: end + count) }
  }

  /// Takes the next whole message out of the bytes that have arrived.
  ///
  /// - Returns: the message, or nil while more bytes are needed.
  /// - Throws: ``FramingError/tooLarge(length:limit:)`` or ``FramingError/malformed(_:)``; from then on always the same error.
  public mutating func next() throws(FramingError) -> [UInt8]? {
    guard let range = try nextRange() else { return nil }
    let message = Array(storage[range])
    consume()
    return message
  }

  /// Takes the next whole message into an array that is used again, which spares an allocation for each message.
  ///
  /// - Parameter message: becomes the message.
  /// - Returns: false while more bytes are needed; the array is as it was then.
  /// - Throws: as ``next()``.
  public mutating func next(into message: inout [UInt8]) throws(FramingError) -> Bool {
    guard let range = try nextRange() else { return false }
    message.removeAll(keepingCapacity: true)
    message.append(contentsOf: storage[range])
    consume()
    return true
  }

  /// Hands the next whole message to a closure without copying it.
  ///
  /// - Parameter body: gets the message; its bytes are valid during the call only.
  /// - Returns: what the closure returns, or nil while more bytes are needed.
  /// - Throws: as ``next()``.
  public mutating func withNext<Result>(_ body: (Span<UInt8>) -> Result) throws(FramingError) -> Result? {
    guard let range = try nextRange() else { return nil }
    let result = body(storage.span.extracting(range))
    consume()
    return result
  }

  /// Says that the stream has ended.
  ///
  /// - Throws: ``FramingError/truncated(missing:)`` if it ended inside a frame, or the error that ``next()`` met.
  public mutating func finish() throws(FramingError) {
    if let failure { throw failure }
    guard end > start else { return }
    let have = end - start
    throw fail(.truncated(missing: max((extent?.total ?? 0) - have, 1)))
  }

  private mutating func nextRange() throws(FramingError) -> Range<Int>? {
    if let failure { throw failure }
    if framing == .none {
      guard let length = packets.first else { return nil }
      guard length <= limit else { throw fail(.tooLarge(length: UInt64(length), limit: limit)) }
      return start..<(start + length)
    }
    if extent == nil {
      var position = scanned
      let found: FrameExtent?
      do {
        found = try framing.extent(in: storage.span.extracting(start..<end), scanned: &position, limit: limit)
      } catch {
        throw fail(error)
      }
      scanned = position
      extent = found
    }
    guard let extent, end - start >= extent.total else { return nil }
    if framing == .netstring {
      do {
        try NetstringFraming.checkSuffix(storage[start + extent.total - 1])
      } catch {
        throw fail(error)
      }
    }
    let payload = start + extent.prefix
    return payload..<(payload + extent.payload)
  }

  private mutating func consume() {
    if framing == .none {
      start += packets.removeFirst()
    } else {
      start += extent?.total ?? 0
    }
    extent = nil
    scanned = 0
    guard start == end else { return }
    start = 0
    end = 0
    // One large message must not keep its memory for the rest of the connection.
    if storage.count > Self.keptCapacity {
      storage = Array(repeating: 0, count: Self.initialCapacity)
    }
  }

  private mutating func fail(_ error: FramingError) -> FramingError {
    failure = error
    return error
  }

  /// Provides free space: by moving what is left to the front, for a frame of known size by growing to it, else by doubling.
  @usableFromInline
  mutating func makeRoom() {
    // With a high limit a frame may announce more than there is memory: more is taken only as more arrives.
    let trusted = min(extent?.total ?? 0, 2 * (end - start) + Framing.defaultLimit)
    let wanted = max(trusted, end - start + 1)
    guard storage.count - start < wanted || end == storage.count else { return }
    if start > 0 {
      let unread = start..<end
      storage.withUnsafeMutableBytes { buffer in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
      }
      end -= start
      start = 0
    }
    let capacity = extent == nil && end == storage.count ? storage.count * 2 : wanted
    if storage.count < capacity { grow(to: capacity) }
  }

  private mutating func grow(to capacity: Int) {
    let old = storage
    storage = Array(unsafeUninitializedCapacity: capacity) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      old.withUnsafeBytes { bytes.copyMemory(from: $0) }
      if let base = bytes.baseAddress { memset(base + old.count, 0, capacity - old.count) }
      count = capacity
    }
  }
}
