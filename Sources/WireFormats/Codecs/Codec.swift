/// How a value becomes a message, and a message a value.
///
/// ```swift
/// let message = try Codec.json.encode(.list([1, "a"]))  // [1,"a"]
/// let value = try Codec.json.decode(message)
/// ```
///
/// `interop/PROTOCOL.md`, section 4, says which values each can carry.
public enum Codec: String, CaseIterable, Sendable {
  /// JSON, RFC 8259.
  case json
  /// Python's pickle: plain data of protocols 0 to 5 is read, protocol 2 is written. Nothing in a pickle is ever executed.
  case pickle
  /// Packed numbers by a format of Python's `struct` module, such as `<iqd`.
  case structure = "struct"
  /// The memory of Python's `ShareableList`, CPython 3.9 and newer.
  case shareableList = "shareable-list"
  /// The memory of Python's `ShareableList`, CPython 3.8.
  case shareableList38 = "shareable-list-3.8"

  /// Encodes a value.
  ///
  /// - Parameters:
  ///   - value: what to encode.
  ///   - format: the layout, which `struct` needs and no other codec takes.
  /// - Returns: the message.
  /// - Throws: ``CodecError``: `malformed` for a value that the codec cannot carry, `usage` for a format that is wrong, missing or one too many.
  public func encode(_ value: Value, format: String? = nil) throws(CodecError) -> [UInt8] {
    try checkFormat(format)
    switch self {
    case .json: return try JSONWriter.encode(value)
    case .pickle: return try PickleEncoder.encode(value)
    case .structure: return try StructFormat(format ?? "").pack(value)
    case .shareableList: return try ShareableListCodec(layout: .python39).encode(value)
    case .shareableList38: return try ShareableListCodec(layout: .python38).encode(value)
    }
  }

  /// Decodes a message.
  ///
  /// - Parameters:
  ///   - message: all of its bytes.
  ///   - format: as for ``encode(_:format:)``.
  ///   - longestText: the most bytes that the ``Value/tokens`` may have, if they will be written; what must have more is refused
  ///     before it is made.
  /// - Returns: the value.
  /// - Throws: ``CodecError``: `malformed` for what is no message of this codec, `too-large` beyond the codec's limits, `usage` for the
  ///   format and for a longer text.
  public func decode(
    _ message: [UInt8], format: String? = nil, longestText: Int? = nil
  ) throws(CodecError) -> Value {
    try checkFormat(format)
    let budget = DecodingBudget(messageSize: message.count, longestText: longestText)
    switch self {
    case .json: return try JSONReader.decode(message, budget)
    case .pickle: return try PickleDecoder().decode(message, budget)
    case .structure: return try StructFormat(format ?? "").unpack(message, budget)
    case .shareableList: return try ShareableListCodec(layout: .python39).decode(message, budget)
    case .shareableList38: return try ShareableListCodec(layout: .python38).decode(message, budget)
    }
  }

  private func checkFormat(_ format: String?) throws(CodecError) {
    guard (self == .structure) == (format != nil) else {
      let reason =
        format == nil ? "The codec struct needs a format, such as <iqd." : "The codec \(rawValue) takes no format."
      throw CodecError(.usage, reason)
    }
  }
}
