import ArgumentParser
import Foundation

/// The adapters' folders that a command is given.
enum AdapterFolders {
  /// Refuses a folder that is not there, has no manifest, or is given twice.
  ///
  /// - Throws: a usage error.
  static func check(_ paths: [String]) throws {
    var seen: Set<String> = []
    for path in paths {
      let folder = URL(fileURLWithPath: path).standardizedFileURL
      try check(path, folder, option: "--adapter")
      guard seen.insert(folder.resolvingSymlinksInPath().path).inserted else {
        throw ValidationError("--adapter \(path) is given twice; give each folder once.")
      }
    }
  }

  /// Refuses a path that is no folder with a manifest.
  ///
  /// - Throws: a usage error with the path that was probably meant.
  static func check(_ path: String, _ folder: URL, option: String? = nil, needsManifest: Bool = true) throws {
    let words = option.map { "\($0) \(path)" } ?? path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw ValidationError("\(words): there is no folder \(folder.path); parley adapter new NAME makes one.")
    }
    guard isFolder.boolValue else {
      let parent = folder.deletingLastPathComponent().path
      throw ValidationError("\(words) is a file; give the folder that has the adapter.yml: \(parent).")
    }
    let manifest = folder.appendingPathComponent("adapter.yml").path
    guard !needsManifest || FileManager.default.fileExists(atPath: manifest) else {
      throw ValidationError("\(words) has no adapter.yml; interop/README.md shows one.")
    }
  }
}
