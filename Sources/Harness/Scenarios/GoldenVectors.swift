import Foundation
import WireFormats
import Yams

/// The golden bytes of `interop/vectors/`, against which every adapter is held.
struct GoldenVectors: Sendable {
  /// A text and the image of the slot's file that holds it.
  struct Slot: Sendable, Decodable {
    var text: HexBytes
    var image: HexBytes
  }

  /// A value, and the message that a codec must make of it.
  struct ValueVector: Sendable, Decodable {
    var name: String
    var codec: String
    var format: String?
    var value: TokenValue
    /// Absent where the codec leaves a choice.
    var bytes: HexBytes?
  }

  /// A list, and the memory that holds it in both layouts.
  private struct ShareableList: Decodable {
    var value: TokenValue
    var newer: HexBytes
    var older: HexBytes

    enum CodingKeys: String, CodingKey {
      case value
      case newer = "shareable-list"
      case older = "shareable-list-3.8"
    }

    func vectors(named name: String) -> [ValueVector] {
      [(CodingKeys.newer, newer), (.older, older)].map { key, bytes in
        ValueVector(name: name, codec: key.rawValue, value: value, bytes: bytes)
      }
    }
  }

  /// A message that is not as it should be, and what must come of decoding it.
  struct BadMessage: Sendable, Decodable {
    var name: String
    var codec: String
    var format: String?
    var bytes: HexBytes
    var kind: ErrorKind?
    /// In place of an error.
    var value: TokenValue?

    var expectation: Expectation { value.map { .value($0.value) } ?? .error([kind ?? .malformed]) }
  }

  /// Where a compiler puts the fields of a record, in bytes.
  struct Layout: Sendable, Decodable {
    struct Member: Sendable, Decodable {
      var name: String
    }

    var record: String
    var fields: [Member]
    var size: Int
    var alignment: Int
    var offsets: [String: Int]
  }

  var framings: [Framing: FramingVectors]
  var slots: [Slot]
  var layouts: [Layout]
  var values: [ValueVector]
  var badMessages: [BadMessage]

  /// Reads the vector files.
  ///
  /// - Parameter folder: `interop/vectors`.
  /// - Throws: ``HarnessError`` naming the file.
  init(folder: String) throws(HarnessError) {
    let byName: [String: FramingVectors] = try Self.decode("\(folder)/framings.yml")
    framings = [:]
    for (name, vectors) in byName {
      guard let framing = Framing(rawValue: name) else {
        throw HarnessError("\(folder)/framings.yml: \"\(name)\" is not a framing; the framings are in PROTOCOL.md.")
      }
      framings[framing] = vectors
    }
    slots = try Self.decode("\(folder)/slots.yml")
    layouts = try Self.decode("\(folder)/layouts.yml")
    values = try Self.decode("\(folder)/values.yml")
    let lists: [ShareableList] = try Self.decode("\(folder)/shareable_lists.yml")
    values += lists.enumerated().flatMap { index, list in list.vectors(named: "list-\(index + 1)") }
    badMessages = try Self.decode("\(folder)/bad-values.yml")
  }

  private static func decode<Content: Decodable>(_ path: String) throws(HarnessError) -> Content {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HarnessError("Cannot read \(path); the vectors are part of the repository.")
    }
    do {
      return try YAMLDecoder().decode(Content.self, from: text)
    } catch {
      throw HarnessError("\(path) is not a vector file: \(error)")
    }
  }
}

/// A value that a vector file writes in the protocol's tokens.
struct TokenValue: Sendable, Decodable {
  var value: Value

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      value = try Value(tokens: try container.decode(String.self))
    } catch let error as CodecError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
    }
  }
}

/// A message as its bytes must be on the wire, by the vectors.
struct ExpectedFrame: Equatable, Sendable {
  var prefix: [UInt8]
  var payload: [UInt8]
  var suffix: [UInt8]

  var count: Int { prefix.count + payload.count + suffix.count }

  /// Looks the bytes around a message up.
  ///
  /// - Throws: ``HarnessError`` if there is no vector for the message's length.
  init(_ message: Message, in channel: Channel, _ vectors: GoldenVectors) throws(HarnessError) {
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
