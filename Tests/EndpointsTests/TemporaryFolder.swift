import Foundation

/// A private folder with a short name, removed with all in it when the test lets go of it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/parley-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of an entry.
  func entry(_ name: String) -> String { "\(path)/\(name)" }

  /// The path of an entry that is filled up to a length in bytes.
  func entry(ofPathLength length: Int) -> String {
    entry(String(repeating: "x", count: length - path.utf8.count - 1))
  }

  /// Makes a file.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: entry(name)))
    return entry(name)
  }
}

/// A file's content.
func content(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

/// Whether there is something at a path, be it a socket or a link to nowhere.
func exists(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}
