import Cases
import Foundation
import Yams

/// Reads YAML files that people write; its errors name the file, the line if known, and the fix.
enum StrictYAML {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file's path.
  ///   - subject: what the file is, such as "manifest", for messages.
  ///   - page: the page that shows an example, for messages.
  ///   - check: rejects unknown keys with ``refuseUnknownKeys(_:_:_:_:)``.
  /// - Returns: the file's content.
  /// - Throws: ``HarnessError``.
  static func decode<Content: Decodable>(
    _ path: String, subject: String, page: String, check: (Node.Mapping) throws -> Void
  ) throws(HarnessError) -> Content {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HarnessError("Cannot read \(path), which should be a \(subject); \(page) shows one.")
    }
    do {
      guard let root = try Yams.compose(yaml: text), let top = root.mapping else {
        throw HarnessError("\(path) is empty or not a mapping; \(page) shows a \(subject).")
      }
      try check(top)
      return try YAMLDecoder().decode(Content.self, from: text)
    } catch let error as HarnessError {
      throw error
    } catch let error as DecodingError {
      throw HarnessError("\(path): \(sentence(for: error, subject, page))")
    } catch {
      throw HarnessError("\(path) is not valid YAML: \(error)")
    }
  }

  /// Rejects unknown keys, because the decoder would silently ignore a misspelt one.
  static func refuseUnknownKeys(
    _ mapping: Node.Mapping?, _ known: [String], _ prefix: String, _ path: String
  ) throws(HarnessError) {
    for (key, _) in mapping ?? [:] {
      guard let name = key.string, !known.contains(name) else { continue }
      throw HarnessError(
        "\(path):\(key.mark?.line ?? 1): unknown key \"\(prefix)\(name)\"; the keys are \(known.joined(separator: ", "))."
      )
    }
  }

  private static func sentence(for error: DecodingError, _ subject: String, _ page: String) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.isEmpty
        ? "the \(subject)" : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(name(context.codingPath + [key])) is missing; \(page) shows a \(subject)."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(name(context.codingPath)) has the wrong form: \(context.debugDescription)"
    @unknown default:
      return "\(error)"
    }
  }
}
