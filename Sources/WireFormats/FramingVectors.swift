/// The golden vectors of one framing: what its bytes must be, whoever writes them.
///
/// They come from `interop/vectors/framings.yml`, whose README says where each is from; never from the code they test.
public struct FramingVectors: Sendable, Decodable {
  /// The bytes around a payload of one length.
  public struct Frame: Sendable, Decodable {
    /// The payload's length in bytes.
    public var length: Int
    /// What comes before the payload.
    public var prefix: HexBytes
    /// What comes after it.
    public var suffix: HexBytes
  }

  /// Bytes that are not a frame, and what a receiver must say of them.
  public struct Fault: Sendable, Decodable {
    /// The scenario that delivers them.
    public var scenario: String
    /// The bytes on the wire.
    public var bytes: HexBytes
    /// The limit in bytes that the receiver has been given.
    public var limit: Int
    /// The error that the receiver must report.
    public var kind: ErrorKind
  }

  /// The frames, one for each payload length that a scenario uses.
  public var frames: [Frame]
  /// The faults.
  public var faults: [Fault]

  /// The bytes around a payload of a length in bytes, or nil where there is no vector.
  public func frame(ofLength length: Int) -> Frame? {
    frames.first { $0.length == length }
  }
}

/// Bytes that a vector file writes in hexadecimal; spaces separate fields for the reader.
public struct HexBytes: Sendable, Equatable, Decodable {
  /// The bytes.
  public var bytes: [UInt8]

  /// Wraps bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the digits.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let bytes = Hex.bytes(text.utf8.filter { $0 != UInt8(ascii: " ") }) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is not pairs of hexadecimal digits"))
    }
    self.bytes = bytes
  }
}
