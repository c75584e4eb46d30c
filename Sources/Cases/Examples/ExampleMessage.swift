import AdapterProtocol
package import WireFormats

/// A message that the peer sends or must receive.
package struct ExampleMessage: Sendable, Decodable {
  package enum Content: Sendable {
    case text(String)
    case bytes([UInt8])
    /// So many bytes of a pattern.
    case pattern(count: Int)
    /// The bytes of a file beside the declaration.
    case file(String)
    /// JSON: sent as it is; a received message must contain it.
    case json(String)
    /// A regular expression that a received message must match as a whole.
    case matching(String)
    /// A value as the protocol's tokens.
    case value(String, codec: String, format: String?)
    /// Any message.
    case any
    case end
    case empty
    case error(ErrorKind)
  }

  package var content: Content
  package var channel: String
  /// The timeout of a `receive` in milliseconds.
  package var timeout: Int?

  package enum Key: String, CodingKey, CaseIterable {
    case text, hex, bytes, file, json, matches, value, codec, format, any, end, empty, error, channel, timeout

    /// The keys that go with a content.
    static let companions: Set<Key> = [.codec, .format, .channel, .timeout]
    /// The contents that can be sent.
    static let sendable: Set<Key> = [.text, .hex, .bytes, .file, .json, .value]
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    channel = try container.decodeIfPresent(String.self, forKey: .channel) ?? "c"
    timeout = try container.decodeIfPresent(Int.self, forKey: .timeout)
    let contents = container.allKeys.filter { !Key.companions.contains($0) }
    func wrong(_ reason: String) -> DecodingError {
      .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
    }
    guard contents.count == 1, let key = contents.first else {
      let all = Key.allCases.filter { !Key.companions.contains($0) }.map(\.rawValue)
      throw wrong("a message has one of \(all.dropLast().joined(separator: ", ")) and \(all.last ?? "")")
    }
    if decoder.codingPath.last?.stringValue == ExampleStep.Verb.send.rawValue, !Key.sendable.contains(key) {
      throw wrong("\(key.rawValue) can only be received")
    }
    switch key {
    case .text: content = .text(try container.decode(String.self, forKey: key))
    case .hex:
      let digits = try container.decode(String.self, forKey: key)
      guard let bytes = Hex.bytes(digits.utf8.filter { $0 != 0x20 }) else { throw wrong("hex is not hexadecimal") }
      content = .bytes(bytes)
    case .bytes:
      let count = try container.decode(Int.self, forKey: key)
      guard (0...Self.mostBytes).contains(count) else { throw wrong("bytes is not 0 to \(Self.mostBytes)") }
      content = .pattern(count: count)
    case .file: content = .file(try container.decode(String.self, forKey: key))
    case .json: content = .json(try container.decode(String.self, forKey: key))
    case .matches: content = .matching(try container.decode(String.self, forKey: key))
    case .value:
      content = .value(
        try container.decode(String.self, forKey: key), codec: try container.decode(String.self, forKey: .codec),
        format: try container.decodeIfPresent(String.self, forKey: .format))
    case .any: content = .any
    case .end: content = .end
    case .empty: content = .empty
    default: content = .error(try container.decode(ErrorKind.self, forKey: .error))
    }
  }

  /// The default of the protocol's `limit`.
  private static let mostBytes = 64 << 20
}
