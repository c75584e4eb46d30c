import Cases
import Foundation
import Runner

/// The path of a journal that a command is given to read.
enum JournalPath {
  /// Refuses what cannot be a journal: nothing there, or a folder.
  ///
  /// - Throws: an error with the path that was probably meant.
  static func check(_ path: String) throws(HarnessError) {
    var isFolder: ObjCBool = false
    guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      guard isFolder.boolValue else { return }
      throw HarnessError(
        "Cannot read the journal \(path): it is a folder. Give the file that parley run --journal wrote.")
    }
    let url = URL(fileURLWithPath: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)) ?? []
    let nearest = NearestWord.to(url.lastPathComponent, among: names).map { name in
      "did you mean \(path.dropLast(url.lastPathComponent.count))\(name)?"
    }
    throw HarnessError(
      "Cannot read the journal \(path): there is no such file; \(nearest ?? "parley run --journal makes one.")")
  }
}
