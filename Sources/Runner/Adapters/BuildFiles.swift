import CPlatform
import Cases
import Foundation

/// The files of an adapter's build: its output, the stamp that says from what it was built, and where it is built aside.
struct BuildFiles {
  private let folder: String
  /// The output as the manifest has it.
  private let relative: String

  init(folder: String, output: String) {
    self.folder = folder
    relative = output
  }

  var output: String { "\(folder)/\(relative)" }
  var outputFolder: String { (output as NSString).deletingLastPathComponent }
  var lock: String { "\(output).lock" }
  /// Under the same name in a folder of its own, because some compilers put the name into what they build.
  var aside: String { "\(folder)/\(relativeAside)" }
  var asideFolder: String { (aside as NSString).deletingLastPathComponent }
  private var stamp: String { "\(output).inputs" }

  private var relativeAside: String {
    let name = (relative as NSString).lastPathComponent
    let place = (relative as NSString).deletingLastPathComponent
    return "\(place.isEmpty ? "" : "\(place)/").\(name).new/\(name)"
  }

  /// Whether the output was built from inputs with this digest.
  func areUpToDate(_ digest: String) -> Bool {
    FileManager.default.fileExists(atPath: output) && (try? String(contentsOfFile: stamp, encoding: .utf8)) == digest
  }

  /// The command with its output aside; nil if the output's path is not in it.
  func asideCommand(_ command: [String]) -> [String]? {
    let paths = WholePaths(of: relative, by: relativeAside)
    let changed = command.map(paths.replaced(in:))
    return changed == command ? nil : changed
  }

  func makeFolder(_ path: String) throws(HarnessError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw HarnessError("Cannot create the folder of \(output): \(error.localizedDescription)")
    }
  }

  /// Makes the output count as out of date.
  func forget() { unlink(stamp) }

  /// Puts what was built aside in its place, and notes from what it was built.
  func finish(_ digest: String) throws(HarnessError) {
    if FileManager.default.fileExists(atPath: aside), rename(aside, output) != 0 {
      throw HarnessError("Cannot rename \(aside) to \(output): \(String(cString: strerror(errno))).")
    }
    do {
      try digest.write(toFile: stamp, atomically: true, encoding: .utf8)
    } catch {
      throw HarnessError("Cannot write \(stamp): \(error.localizedDescription)")
    }
  }

  /// Removes what a build left aside.
  func clear() { _ = parley_remove_tree(asideFolder) }
}
