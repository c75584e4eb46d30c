import WireFormats

/// Reading single frames of Python's `multiprocessing` from a pipe that several processes read.
///
/// A ``MessageStream`` takes as many bytes as there are, and with them messages that are meant for others.
enum MultiprocessingFrame {
  /// Reads one frame, and no byte beyond it.
  ///
  /// - Returns: its payload, or nil at the end of the stream.
  /// - Throws: ``EndpointError``: `truncated`, `malformed`, `too-large` before memory is allocated.
  static func read(from pipe: borrowing Descriptor, limit: Int) throws(EndpointError) -> [UInt8]? {
    let short = try bytes(4, from: pipe)
    guard !short.isEmpty else { return nil }
    guard short.count == 4 else { throw truncated(4 - short.count) }
    var length = number(short)
    if length == 0xffff_ffff {
      let long = try bytes(8, from: pipe)
      guard long.count == 8 else { throw truncated(8 - long.count) }
      length = number(long)
    } else if length > 0x7fff_ffff {
      throw EndpointError(
        .malformed,
        "The length \(Int32(truncatingIfNeeded: length)) is negative: these are not multiprocessing frames.")
    }
    guard length <= UInt64(limit) else { throw EndpointError(FramingError.tooLarge(length: length, limit: limit)) }
    let payload = try bytes(Int(length), from: pipe)
    guard payload.count == Int(length) else { throw truncated(Int(length) - payload.count) }
    return payload
  }

  /// Reads so many bytes, fewer only at the end of the stream.
  private static func bytes(_ count: Int, from pipe: borrowing Descriptor) throws(EndpointError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let part = have..<count
      let read = try bytes.withUnsafeMutableBufferPointer { buffer throws(EndpointError) in
        try pipe.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[part])))
      }
      if read == 0 { break }
      have += read
    }
    return have == count ? bytes : Array(bytes[..<have])
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

  private static func truncated(_ missing: Int) -> EndpointError {
    EndpointError(FramingError.truncated(missing: missing))
  }
}
