import WireFormats

/// A single frame of Python's `multiprocessing` that comes out of a pipe that several processes read.
///
/// A ``MessageStream`` takes as many bytes as there are, and with them messages that are meant for others. This one takes no
/// byte beyond its frame, and keeps what has come if the rest does not come in time.
struct MultiprocessingFrame: Sendable {
  private var header: [UInt8] = []
  private var payload: [UInt8] = []
  private var filled = 0
  private var isLengthKnown = false

  /// Whether a part of the frame has come.
  var hasBegun: Bool { !header.isEmpty }

  /// Reads the rest of the frame, and no byte beyond it.
  ///
  /// - Parameters:
  ///   - pipe: where it comes out.
  ///   - limit: the longest payload in bytes.
  ///   - deadline: until when to wait; for ever without one.
  /// - Returns: its payload, or nil at the end of the stream.
  /// - Throws: ``EndpointError``: `truncated`, `malformed`, `too-large` before memory is allocated, `timeout`.
  mutating func read(
    from pipe: borrowing Descriptor, limit: Int, until deadline: Deadline?
  ) throws(EndpointError) -> [UInt8]? {
    if !isLengthKnown {
      guard let length = try readLength(from: pipe, until: deadline) else { return nil }
      guard length <= UInt64(limit) else { throw EndpointError(FramingError.tooLarge(length: length, limit: limit)) }
      payload = [UInt8](repeating: 0, count: Int(length))
      isLengthKnown = true
    }
    while filled < payload.count {
      let part = filled..<payload.count
      let count = try payload.withUnsafeMutableBufferPointer { buffer throws(EndpointError) in
        try Self.read(
          UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[part])), from: pipe, until: deadline
        )
      }
      guard count > 0 else { throw Self.truncated(payload.count - filled) }
      filled += count
    }
    return payload
  }

  /// The length of the payload; nil at the end of the stream.
  private mutating func readLength(
    from pipe: borrowing Descriptor, until deadline: Deadline?
  ) throws(EndpointError) -> UInt64? {
    guard try readHeader(upTo: 4, from: pipe, until: deadline) else { return nil }
    let short = Self.number(header[..<4])
    if short == 0xffff_ffff {
      _ = try readHeader(upTo: 12, from: pipe, until: deadline)
      return Self.number(header[4...])
    }
    guard short <= 0x7fff_ffff else {
      throw EndpointError(
        .malformed,
        "The length \(Int32(truncatingIfNeeded: short)) is negative: these are not multiprocessing frames.")
    }
    return short
  }

  /// Reads until the header has so many bytes; false if the stream ends before its first.
  private mutating func readHeader(
    upTo count: Int, from pipe: borrowing Descriptor, until deadline: Deadline?
  ) throws(EndpointError) -> Bool {
    while header.count < count {
      var bytes: (UInt64, UInt64) = (0, 0)
      let missing = count - header.count
      let got = try withUnsafeMutableBytes(of: &bytes) { buffer throws(EndpointError) in
        try Self.read(UnsafeMutableRawBufferPointer(rebasing: buffer[..<missing]), from: pipe, until: deadline)
      }
      guard got > 0 else {
        if header.isEmpty { return false }
        throw Self.truncated(missing)
      }
      withUnsafeBytes(of: &bytes) { header.append(contentsOf: $0[..<got]) }
    }
    return true
  }

  private static func read(
    _ space: UnsafeMutableRawBufferPointer, from pipe: borrowing Descriptor, until deadline: Deadline?
  ) throws(EndpointError) -> Int {
    if let deadline { try pipe.read(into: space, until: deadline) } else { try pipe.read(into: space) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

  private static func truncated(_ missing: Int) -> EndpointError {
    EndpointError(FramingError.truncated(missing: missing))
  }
}
