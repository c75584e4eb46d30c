package import AdapterProtocol
package import WireFormats

/// The golden bytes of `interop/vectors/`, to which every adapter is compared.
package struct GoldenVectors: Sendable {
  /// A text and the content of a slot's file with it.
  package struct Slot: Sendable, Decodable {
    package var text: HexBytes
    package var image: HexBytes
  }

  /// A value and its encoded message.
  package struct ValueVector: Sendable, Decodable {
    package var name: String
    package var codec: String
    package var format: String?
    package var value: TokenValue
    /// The encoded message; nil if the codec allows several.
    package var bytes: HexBytes?

    package init(name: String, codec: String, value: TokenValue, bytes: HexBytes) {
      self.name = name
      self.codec = codec
      self.value = value
      self.bytes = bytes
    }
  }

  /// An invalid or unusual message, and the result of decoding it.
  package struct BadMessage: Sendable, Decodable {
    package var name: String
    package var codec: String
    package var format: String?
    package var bytes: HexBytes
    package var kind: ErrorKind?
    /// The decoded value, if decoding must succeed.
    package var value: TokenValue?
    /// The limit of those whose library takes the message all the same.
    package var limit: ValueLimit?
  }

  /// The layout of a record; sizes and offsets in bytes.
  package struct Layout: Sendable, Decodable {
    package struct Member: Sendable, Decodable {
      package var name: String
    }

    package var record: String
    package var fields: [Member]
    package var size: Int
    package var alignment: Int
    package var offsets: [String: Int]
  }

  package var framings: [Framing: FramingVectors]
  package var slots: [Slot]
  package var layouts: [Layout]
  package var values: [ValueVector]
  package var badMessages: [BadMessage]

  /// Creates the set of vectors.
  package init(
    framings: [Framing: FramingVectors], slots: [Slot], layouts: [Layout], values: [ValueVector],
    badMessages: [BadMessage]
  ) {
    self.framings = framings
    self.slots = slots
    self.layouts = layouts
    self.values = values
    self.badMessages = badMessages
  }
}

/// A value written in the protocol's tokens.
package struct TokenValue: Sendable, Decodable {
  package var value: Value

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      value = try Value(tokens: try container.decode(String.self))
    } catch let error as CodecError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
    }
  }
}

/// The bytes that a message must have on the wire, according to the vectors.
package struct ExpectedFrame: Equatable, Sendable {
  package var prefix: [UInt8]
  package var payload: [UInt8]
  package var suffix: [UInt8]

  package var count: Int { prefix.count + payload.count + suffix.count }

  /// Looks up the bytes around a message.
  ///
  /// - Throws: ``HarnessError`` if there is no vector for the message's length.
  package init(_ message: Message, in channel: Channel, _ vectors: GoldenVectors) throws(HarnessError) {
    payload = message.payload
    (prefix, suffix) = ([], [])
    guard channel.framing != .none else { return }
    guard let frame = vectors.framings[channel.framing]?.frame(ofLength: payload.count) else {
      throw HarnessError(
        "interop/vectors/framings.yml has no \(channel.framing.rawValue) frame of length \(payload.count); add it.")
    }
    (prefix, suffix) = (frame.prefix.bytes, frame.suffix.bytes)
  }
}
