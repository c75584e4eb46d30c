import Foundation

/// A path of its own in a private folder, which is removed when the test lets go of it.
final class TemporaryFile: Sendable {
  private let folder: String
  let path: String

  init() throws {
    var template = Array("/tmp/parley-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = folder + "/journal"
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var content: Data {
    get throws { try Data(contentsOf: URL(fileURLWithPath: path)) }
  }

  func write(_ content: Data) throws { try content.write(to: URL(fileURLWithPath: path)) }
}
