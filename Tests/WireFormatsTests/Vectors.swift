import Foundation
import WireFormats
import Yams

/// The golden vectors of the repository, and frames put together from them.
enum Vectors {
  /// The top of the checkout.
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let loaded = Result {
    let file = repository.appendingPathComponent("interop/vectors/framings.yml")
    return try YAMLDecoder().decode(
      [String: FramingVectors].self, from: String(contentsOf: file, encoding: .utf8))
  }

  /// The vectors of a framing.
  static func of(_ framing: Framing) throws -> FramingVectors {
    guard let vectors = try loaded.get()[framing.rawValue] else { throw Missing(framing: framing) }
    return vectors
  }

  /// The names in the vector file.
  static func names() throws -> Set<String> { Set(try loaded.get().keys) }

  struct Missing: Error {
    var framing: Framing
  }
}

extension FramingVectors.Frame {
  /// The frame around a payload of every byte value that the framing can carry.
  func bytes(in framing: Framing) -> [UInt8] { prefix.bytes + payload(in: framing) + suffix.bytes }

  func payload(in framing: Framing) -> [UInt8] {
    (0..<length).map { index in
      let byte = UInt8(truncatingIfNeeded: 31 * index + 7)
      return framing == .line && byte == 0x0a ? 0x0d : byte
    }
  }
}

extension Framing {
  /// All framings of byte streams.
  static let ofStreams = allCases.filter { $0 != .none }
}
