import AdapterProtocol
package import Cases
import Foundation
import Runner
import WireFormats

/// Where the tests find what they need.
package enum Here {
  package static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  package static let interop = "\(repository)/interop"
  package static let vectors = "\(interop)/vectors"

  /// The folder of an adapter: one of the repository's, or else a fake.
  package static func adapter(_ name: String) -> String {
    let folder = "\(interop)/\(name)"
    return FileManager.default.fileExists(atPath: folder)
      ? folder : "\(repository)/Tests/RunnerTests/Fakes/\(name)"
  }
}

/// A folder of a test's own, which goes with it.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    var template = Array("/tmp/parley-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw HarnessError("no temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file in it; the path is relative, and its folders are made.
  @discardableResult
  package func write(_ name: String, _ text: String, isProgram: Bool = false) throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
    if isProgram {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    return file.path
  }
}

extension GoldenVectors {
  private static let loaded = Result { try GoldenVectors(folder: Here.vectors) }

  /// The repository's vectors, read once for all tests.
  package static func golden() throws -> GoldenVectors { try loaded.get() }
}

extension ExpectedFrame {
  /// A frame made of parts, without a vector.
  package init(prefix: [UInt8], payload: [UInt8], suffix: [UInt8]) throws {
    try self.init(Message(payload), in: Channel(transport: .unixSeqpacket, framing: .none), .golden())
    self.prefix = prefix
    self.suffix = suffix
  }
}
