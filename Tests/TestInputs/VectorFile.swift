public import Foundation
import Yams

/// The files of `interop/vectors`.
public enum VectorFile {
  /// The top of the checkout.
  public static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The entries of a file; one that cannot be read stops the tests.
  public static func entries<Entry: Decodable>(_ file: String) -> [Entry] {
    do {
      let path = repository.appendingPathComponent("interop/vectors/\(file)")
      return try YAMLDecoder().decode([Entry].self, from: String(contentsOf: path, encoding: .utf8))
    } catch {
      fatalError("interop/vectors/\(file): \(error)")
    }
  }
}
