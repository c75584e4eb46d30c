package import Cases
import Foundation
import WireFormats
import Yams

extension GoldenVectors {
  /// Reads the vector files.
  ///
  /// - Parameter folder: the path of `interop/vectors`.
  /// - Throws: ``HarnessError`` that names the file.
  package init(folder: String) throws(HarnessError) {
    let byName: [String: FramingVectors] = try Self.decode("\(folder)/framings.yml")
    var framings: [Framing: FramingVectors] = [:]
    for (name, vectors) in byName {
      guard let framing = Framing(rawValue: name) else {
        throw HarnessError("\(folder)/framings.yml: \"\(name)\" is not a framing; the framings are in PROTOCOL.md.")
      }
      framings[framing] = vectors
    }
    let values: [ValueVector] = try Self.decode("\(folder)/values.yml")
    let lists: [ShareableList] = try Self.decode("\(folder)/shareable_lists.yml")
    self.init(
      framings: framings, slots: try Self.decode("\(folder)/slots.yml"),
      layouts: try Self.decode("\(folder)/layouts.yml"),
      values: values + lists.enumerated().flatMap { index, list in list.vectors(named: "list-\(index + 1)") },
      badMessages: try Self.decode("\(folder)/bad-values.yml"))
  }

  /// A list, and its bytes in both memory layouts.
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
