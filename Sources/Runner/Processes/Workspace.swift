import CPlatform
package import Cases
import Foundation

/// The run's folder: private, with a short path, and removed at the end.
package final class Workspace: Sendable {
  /// The folder's absolute path, at most 40 bytes.
  package let path: String
  private let isKept: Bool

  /// Creates the folder with mode 0700.
  ///
  /// - Parameter isKept: whether ``remove()`` keeps it.
  /// - Throws: ``HarnessError`` if it cannot be created.
  package init(isKept: Bool = false) throws(HarnessError) {
    self.isKept = isKept
    // A socket path has at most 107 bytes, so a long TMPDIR cannot be used.
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    let base = wanted.utf8.count <= 24 && wanted.hasPrefix("/") ? wanted : "/tmp"
    var template = Array("\(base)/parley.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw HarnessError(
        "Cannot create a workspace in \(base): \(String(cString: strerror(errno))). Free space there, or set TMPDIR to a short path."
      )
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove() }

  /// Removes the folder and its content, unless it is kept.
  package func remove() {
    if !isKept { _ = parley_remove_tree(path) }
  }

  /// Creates the folder of one case.
  package func makeFolder(_ name: String) throws(HarnessError) -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o700) == 0 else {
      throw HarnessError("Cannot create \(folder): \(String(cString: strerror(errno))).")
    }
    return folder
  }
}
