import Foundation
import WireFormats
import Yams

/// `interop/vectors/authentication.yml`.
struct AuthenticationVectors: Decodable, Sendable {
  struct Code: Decodable, Sendable {
    var digest: String
    var challenge: HexBytes
    var code: HexBytes
  }

  struct Session: Decodable, Sendable {
    var name: String
    var plays: Side
    var frames: [Frame]
  }

  struct Frame: Decodable, Sendable {
    var from: Side
    var bytes: HexBytes

    /// The frame's content.
    var payload: [UInt8] { Array(bytes.bytes.dropFirst(4)) }
  }

  enum Side: String, Decodable, Sendable { case listener, client }

  var key: HexBytes
  var codes: [Code]
  var sessions: [Session]

  static func golden() throws -> AuthenticationVectors { try decode("authentication.yml") }
}

/// `interop/vectors/manager.yml`.
struct ManagerVectors: Decodable, Sendable {
  struct Request: Decodable, Sendable {
    var call: String
    var identifier: String?
    var method: String
    var arguments: String
    var keywords: [String: String]?
    var frame: HexBytes
  }

  struct Reply: Decodable, Sendable {
    var reply: String
    var value: String?
    var raised: String?
    var shared: String?
    var methods: [String]?
    var frame: HexBytes
  }

  var requests: [Request]
  var fromPython: [Request]
  var replies: [Reply]
  var empty: HexBytes

  enum CodingKeys: String, CodingKey {
    case requests
    case fromPython = "from-python"
    case replies
    case empty
  }

  static func golden() throws -> ManagerVectors { try decode("manager.yml") }
}

private func decode<Vectors: Decodable>(_ file: String) throws -> Vectors {
  try YAMLDecoder().decode(Vectors.self, from: try String(contentsOfFile: "\(Here.vectors)/\(file)", encoding: .utf8))
}

extension HexBytes {
  /// The content of a multiprocessing frame.
  var payload: [UInt8] { Array(bytes.dropFirst(4)) }
}

/// A payload with the length before it.
func frame(_ payload: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = []
  Framing.multiprocessing.appendPrefix(ofLength: payload.count, to: &bytes)
  return bytes + payload
}
