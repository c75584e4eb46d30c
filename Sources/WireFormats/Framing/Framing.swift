/// How one message is marked off in a byte stream.
///
/// The raw values are the names that `interop/PROTOCOL.md`, section 4, gives the framings. Every framing
/// but ``none`` surrounds the payload with a prefix and a suffix that depend on the payload's length only.
///
/// ```swift
/// var bytes: [UInt8] = []
/// Framing.netstring.appendPrefix(ofLength: 5, to: &bytes)
/// bytes += Array("hello".utf8)
/// bytes += Framing.netstring.suffix  // "5:hello,"
/// ```
public enum Framing: String, CaseIterable, Sendable, Codable {
  /// Python's `multiprocessing.connection`: int32 big-endian, or -1 and a uint64 big-endian.
  case multiprocessing
  /// A uint32 little-endian length, as in browser native messaging.
  case u32le
  /// The payload and a line feed, as in JSON Lines.
  case line
  /// Decimal length, `:`, payload, `,`.
  case netstring
  /// An unsigned LEB128 length, as in protobuf's delimited messages.
  case varint
  /// A `Content-Length` header, as in the language server protocol.
  case contentLength = "content-length"
  /// The payload alone: the transport keeps the bounds.
  case none
}

extension Framing {
  /// The largest message that is sent or accepted unless said otherwise: 64 MiB, in bytes.
  public static let defaultLimit = 64 << 20

  /// The bytes that follow the payload.
  public var suffix: [UInt8] {
    switch self {
    case .line: LineFraming.suffix
    case .netstring: NetstringFraming.suffix
    case .multiprocessing, .u32le, .varint, .contentLength, .none: []
    }
  }

  /// Appends the bytes that come before a payload.
  ///
  /// - Parameters:
  ///   - length: the payload's length in bytes, 0 or more; at most 4294967295 for ``u32le``.
  ///   - bytes: where to append.
  public func appendPrefix(ofLength length: Int, to bytes: inout [UInt8]) {
    switch self {
    case .multiprocessing: MultiprocessingFraming.appendPrefix(ofLength: length, to: &bytes)
    case .u32le: LittleEndianFraming.appendPrefix(ofLength: length, to: &bytes)
    case .netstring: NetstringFraming.appendPrefix(ofLength: length, to: &bytes)
    case .varint: VarintFraming.appendPrefix(ofLength: length, to: &bytes)
    case .contentLength: ContentLengthFraming.appendPrefix(ofLength: length, to: &bytes)
    case .line, .none: break
    }
  }

  /// Checks that a payload can be sent in this framing.
  ///
  /// - Parameters:
  ///   - payload: the message.
  ///   - limit: the largest message allowed, in bytes.
  /// - Throws: ``FramingError/tooLarge(length:limit:)``, or ``FramingError/malformed(_:)`` for a line feed in a ``line``.
  public func check(_ payload: Span<UInt8>, limit: Int) throws(FramingError) {
    guard payload.count <= limit else {
      throw .tooLarge(length: UInt64(payload.count), limit: limit)
    }
    if self == .line { try LineFraming.check(payload) }
  }

  /// Finds the frame at the start of some bytes.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived and is not yet consumed.
  ///   - scanned: how many bytes an earlier call has looked at in vain; kept so that a search never starts over.
  ///   - limit: the largest payload allowed, in bytes.
  /// - Throws: ``FramingError`` for bytes that are not a frame or announce too much.
  /// - Returns: the frame's measures as soon as they are certain, even if the payload has not arrived; nil while more is needed.
  func extent(in bytes: Span<UInt8>, scanned: inout Int, limit: Int) throws(FramingError) -> FrameExtent? {
    switch self {
    case .multiprocessing: try MultiprocessingFraming.extent(in: bytes, limit: limit)
    case .u32le: try LittleEndianFraming.extent(in: bytes, limit: limit)
    case .line: try LineFraming.extent(in: bytes, scanned: &scanned, limit: limit)
    case .netstring: try NetstringFraming.extent(in: bytes, limit: limit)
    case .varint: try VarintFraming.extent(in: bytes, limit: limit)
    case .contentLength: try ContentLengthFraming.extent(in: bytes, limit: limit)
    case .none: nil
    }
  }
}

/// The measures of one frame in bytes.
struct FrameExtent: Sendable, Equatable {
  var prefix: Int
  var payload: Int
  var suffix: Int

  var total: Int { prefix + payload + suffix }

  /// Measures a frame whose length field was read, once the length is known to be allowed.
  init(prefix: Int, announced length: UInt64, suffix: Int, limit: Int) throws(FramingError) {
    guard length <= UInt64(limit), length <= UInt64(Int.max - prefix - suffix) else {
      throw .tooLarge(length: length, limit: limit)
    }
    self.prefix = prefix
    self.payload = Int(length)
    self.suffix = suffix
  }
}
